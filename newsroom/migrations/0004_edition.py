"""Announce every change that readers can see: newsroom/edition.py listens. A table that pages of ours come to read is added in a migration like this."""

from django.db import migrations

ANNOUNCE = """
CREATE FUNCTION newsroom_announce_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('newsroom_edition', pg_current_xact_id()::text);  -- said twice by a transaction, it is heard once
    RETURN NULL;
END $$;

CREATE FUNCTION newsroom_announce_edition_of_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM articles_article WHERE id IN (OLD.article_id, NEW.article_id) AND status IN ('PUBLISHED', 'WITHDRAWN')) THEN
        PERFORM pg_notify('newsroom_edition', pg_current_xact_id()::text);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER edition_of_new AFTER INSERT ON articles_article
FOR EACH ROW WHEN (NEW.status IN ('PUBLISHED', 'WITHDRAWN')) EXECUTE FUNCTION newsroom_announce_edition();

CREATE TRIGGER edition_of_old AFTER DELETE ON articles_article
FOR EACH ROW WHEN (OLD.status IN ('PUBLISHED', 'WITHDRAWN')) EXECUTE FUNCTION newsroom_announce_edition();

CREATE TRIGGER edition_of_changed AFTER UPDATE ON articles_article
FOR EACH ROW WHEN ((OLD.status IN ('PUBLISHED', 'WITHDRAWN') OR NEW.status IN ('PUBLISHED', 'WITHDRAWN')) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION newsroom_announce_edition();
"""
TRIGGER = "CREATE TRIGGER edition AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();"
TRUNCATED = "CREATE TRIGGER edition_emptied AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION newsroom_announce_edition();"
STORY_PARTS = ("articles_article_topics", "articles_contribution", "articles_correction", "articles_figure")
ALWAYS = (
    "articles_author", "articles_image", "articles_section", "articles_source", "articles_topic", "articles_word",
    "articles_formeraddress", "articles_formerauthorslug", "articles_formersectionslug", "articles_formersourceslug", "articles_formertopicslug",
    "articles_frontpagestory", "licensing_ratecard", "licensing_rate", "licensing_licenceterms", "newsletters_issue", "newsletters_issuestory",
    "django_flatpage", "django_flatpage_sites", "django_site",
)  # fmt: skip
WATCHED = ("articles_article", *STORY_PARTS, *ALWAYS)


def triggers() -> list[str]:
    return [
        ANNOUNCE,
        *(TRIGGER.format(table=table, function="newsroom_announce_edition_of_story") for table in STORY_PARTS),
        *(TRIGGER.format(table=table, function="newsroom_announce_edition") for table in ALWAYS),
        *(TRUNCATED.format(table=table) for table in WATCHED),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0003_bulk_changes"),
        ("articles", "0008_housekeeping"),
        ("licensing", "0006_home"),
        ("newsletters", "0001_initial"),
        ("flatpages", "0001_initial"),
        ("sites", "0002_alter_domain_unique"),
    ]

    operations = [migrations.RunSQL(triggers(), "DROP FUNCTION newsroom_announce_edition, newsroom_announce_edition_of_story CASCADE")]
