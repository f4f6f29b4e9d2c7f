from importlib import import_module

from django.db import migrations, models

# A story that was never in print has no printed byline and no printed captions yet: its names and pictures are found as they stand.
NAMES = """CASE WHEN status IN ('DRAFT', 'IN_REVIEW') THEN (
        SELECT string_agg(author.name, ' ') FROM articles_contribution JOIN articles_author AS author ON author.id = author_id
        WHERE article_id = story.id
      ) ELSE byline END"""
CAPTIONS = """coalesce(CASE WHEN status IN ('DRAFT', 'IN_REVIEW') THEN (
        SELECT string_agg(concat_ws(' ', caption, credit), ' ') FROM articles_figure LEFT JOIN articles_image AS image ON image.id = image_id
        WHERE article_id = story.id
      ) ELSE captions END, '')"""
OLD = import_module("articles.migrations.0003_index").INDEX_STORIES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
NEW = OLD.replace("standfirst, byline)", f"standfirst, {NAMES})").replace("'newsroom', captions)", f"'newsroom', {CAPTIONS})")
INDEX_DRAFTS = "SELECT articles_index_stories(ARRAY(SELECT id FROM articles_article WHERE status IN ('DRAFT', 'IN_REVIEW')))"


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_index")]

    operations = [
        migrations.RunSQL(NEW, OLD),
        migrations.RunSQL(INDEX_DRAFTS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="article", index=models.Index(condition=~models.Q(language=""), fields=["language"], name="article_other_languages")
        ),
    ]
