"""What was ordered, and every line of its price, stays as it was ordered."""

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
UNDONE = """
DROP TRIGGER kept ON licensing_quoteline;
DROP TRIGGER kept ON licensing_orderedstory;
DROP FUNCTION licensing_refuse_of_placed();
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0004_licences_that_prove_themselves")]

    operations = [migrations.RunSQL(KEPT, UNDONE)]
