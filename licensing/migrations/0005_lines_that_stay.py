"""What was ordered stays as it was ordered, and what was licensed as it was licensed."""

from django.db import migrations

KEPT = """
CREATE FUNCTION licensing_refuse_of_placed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  later text[] := ARRAY['agreed', 'cancelled_at', 'cancellation_reason', 'kept'];
  state text;
BEGIN
  IF TG_TABLE_NAME = 'licensing_quoteline' THEN
    SELECT o.state INTO state FROM licensing_orderedstory s JOIN licensing_licenceorder o ON o.id = s.order_id WHERE s.id = OLD.story_id;
  ELSE
    SELECT o.state INTO state FROM licensing_licenceorder o WHERE o.id = OLD.order_id;
  END IF;
  IF state IN ('REQUESTED', 'OFFERED') THEN  -- the desk may name another price
    later := later || ARRAY['fee', 'is_open'];
  END IF;
  IF state = 'DRAFT' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'licensing_orderedstory' AND to_jsonb(NEW) - later = to_jsonb(OLD) - later THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What was ordered is kept as it was ordered (%).', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON licensing_orderedstory FOR EACH ROW EXECUTE FUNCTION licensing_refuse_of_placed();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON licensing_quoteline FOR EACH ROW EXECUTE FUNCTION licensing_refuse_of_placed();
"""
KEPT += """
CREATE FUNCTION licensing_refuse_of_licensed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  later text[] := ARRAY[]::text[];
BEGIN
  IF OLD.jws = '' THEN
    later := later || ARRAY['jws'];
  END IF;
  IF OLD.revoked_at IS NULL THEN
    later := later || ARRAY['revoked_at', 'revocation_reason'];
  END IF;
  IF to_jsonb(NEW) - later = to_jsonb(OLD) - later THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What was licensed is kept as it was licensed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION licensing_refuse_of_bound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM licensing_licence WHERE revision_id = OLD.id) THEN
    RAISE EXCEPTION 'A licence is bound to this revision.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kept_as_licensed BEFORE UPDATE ON licensing_licence FOR EACH ROW EXECUTE FUNCTION licensing_refuse_of_licensed();
CREATE TRIGGER kept_as_licensed BEFORE UPDATE OR DELETE ON articles_revision FOR EACH ROW EXECUTE FUNCTION licensing_refuse_of_bound();
CREATE TRIGGER kept_placed BEFORE UPDATE ON licensing_licenceorder FOR EACH ROW
  WHEN (OLD.state <> 'DRAFT' AND NEW.state = 'DRAFT') EXECUTE FUNCTION licensing_refuse();
CREATE TRIGGER kept_public BEFORE UPDATE ON licensing_publickey FOR EACH ROW EXECUTE FUNCTION licensing_refuse();
"""
UNDONE = """
DROP TRIGGER kept_public ON licensing_publickey;
DROP TRIGGER kept_placed ON licensing_licenceorder;
DROP TRIGGER kept_as_licensed ON articles_revision;
DROP TRIGGER kept_as_licensed ON licensing_licence;
DROP FUNCTION licensing_refuse_of_bound();
DROP FUNCTION licensing_refuse_of_licensed();
DROP TRIGGER kept ON licensing_quoteline;
DROP TRIGGER kept ON licensing_orderedstory;
DROP FUNCTION licensing_refuse_of_placed();
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0004_licences_that_prove_themselves")]

    operations = [migrations.RunSQL(KEPT, UNDONE)]
