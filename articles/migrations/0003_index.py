import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations, models

WORDS = """
CREATE TEXT SEARCH CONFIGURATION newsroom_words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION newsroom_words ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple
"""

# The words of an entry lie beside the table, which stays narrow: a count over ten thousand stories reads a megabyte or two.
NARROW = """
ALTER TABLE articles_indexentry SET (toast_tuple_target = 128);
ALTER TABLE articles_indexentry ALTER COLUMN facets SET STORAGE PLAIN, ALTER COLUMN words SET STORAGE EXTERNAL, ALTER COLUMN words SET STATISTICS 500;
ALTER TABLE articles_indexentry ADD CONSTRAINT indexentry_of_a_story FOREIGN KEY (article_id) REFERENCES articles_article ON DELETE CASCADE
"""

# The byline and the captions of a story that was never in print are not printed yet: its names and pictures are found as they stand.
# Who changes a part of a story waits for whoever changes another, and then sees both.
INDEX_STORIES = """
CREATE FUNCTION articles_index_stories(stories bigint[]) RETURNS void LANGUAGE sql AS $$
  SELECT FROM articles_article WHERE id = ANY (stories) ORDER BY id FOR NO KEY UPDATE;
  INSERT INTO articles_indexentry AS entry (article_id, published_at, published_on, opens_at, closes_at, word_count, facets, words)
  SELECT
    story.id, published_at, published_on,
    CASE WHEN status = 'PUBLISHED' THEN greatest(published_at, embargoed_until) END, withdrawn_at,
    word_count, facets,
    setweight(to_tsvector('newsroom', headline), 'A')
      || setweight(to_tsvector('newsroom', concat_ws(' ', kicker, standfirst, names)), 'B')
      || setweight(to_tsvector('newsroom', left(pictured, 10000)), 'C')
      || setweight(to_tsvector('newsroom', body), 'D')
      || array_to_tsvector(ARRAY(
        SELECT '=' || facet FROM unnest(facets) AS facet
        UNION SELECT '=year:' || to_char(published_on, 'YYYY') WHERE published_on IS NOT NULL
        UNION SELECT '=decade:' || left(to_char(published_on, 'YYYY'), 3) || '0' WHERE published_on IS NOT NULL
        UNION SELECT '=month:' || to_char(published_on, 'YYYY-MM') WHERE published_on IS NOT NULL
        UNION SELECT '=day:' || to_char(published_on, 'YYYY-MM-DD') WHERE published_on IS NOT NULL
        UNION SELECT '=word:' || word FROM unnest(tsvector_to_array(to_tsvector('newsroom_words', headline))) AS word
        UNION SELECT '=sample:' || step FROM unnest(ARRAY[10, 30, 100, 300, 1000, 3000]) AS step WHERE lot < 3000 / step))
  FROM articles_article AS story
  CROSS JOIN LATERAL (SELECT CASE WHEN status IN ('DRAFT', 'IN_REVIEW') THEN (
      SELECT string_agg(author.name, ' ') FROM articles_contribution JOIN articles_author AS author ON author.id = author_id WHERE article_id = story.id
    ) ELSE byline END AS names) AS signed
  CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN status IN ('DRAFT', 'IN_REVIEW') THEN (
      SELECT string_agg(concat_ws(' ', caption, credit), ' ') FROM articles_figure LEFT JOIN articles_image AS image ON image.id = image_id
      WHERE article_id = story.id
    ) ELSE captions END, '') AS pictured) AS shown
  CROSS JOIN LATERAL (SELECT abs(hashtext(short_id)) % 3000 AS lot) AS drawn
  CROSS JOIN LATERAL (SELECT ARRAY(
    SELECT 'section:' || section_id
    UNION ALL SELECT 'source:' || source_id WHERE source_id IS NOT NULL
    UNION ALL SELECT 'language:' || language
    UNION ALL SELECT 'terms:' || syndication WHERE syndication <> ''
    UNION ALL SELECT 'topic:' || topic_id FROM articles_article_topics WHERE article_id = story.id
    UNION ALL SELECT DISTINCT 'author:' || author_id FROM articles_contribution WHERE article_id = story.id
    UNION ALL SELECT 'pictures' WHERE EXISTS (SELECT FROM articles_figure WHERE article_id = story.id AND image_id IS NOT NULL)
  ) AS facets) AS sorted
  WHERE story.id = ANY (stories)
  ON CONFLICT (article_id) DO UPDATE SET
    published_at = excluded.published_at, published_on = excluded.published_on, opens_at = excluded.opens_at, closes_at = excluded.closes_at,
    word_count = excluded.word_count, facets = excluded.facets, words = excluded.words
  WHERE (entry.published_at, entry.opens_at, entry.closes_at, entry.word_count, entry.facets, entry.words)
    IS DISTINCT FROM (excluded.published_at, excluded.opens_at, excluded.closes_at, excluded.word_count, excluded.facets, excluded.words)
$$;
"""

# Once a statement, however many rows it changes.
FOLLOW = """
CREATE FUNCTION articles_follow_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM articles_index_stories(ARRAY(SELECT id FROM changed)); RETURN NULL; END $$;
CREATE FUNCTION articles_follow_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM articles_index_stories(ARRAY(SELECT DISTINCT article_id FROM changed)); RETURN NULL; END $$;
"""
TRIGGER = """
CREATE TRIGGER index_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
PARTS = ("articles_article_topics", "articles_contribution", "articles_figure")
TRIGGERS = [("articles_article", event, "articles_follow_story") for event in ("INSERT", "UPDATE")]
TRIGGERS += [(table, event, "articles_follow_part") for table in PARTS for event in EVENTS]


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_reading")]

    operations = [
        TrigramExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(WORDS, "DROP TEXT SEARCH CONFIGURATION newsroom_words"),
        migrations.CreateModel(
            name="IndexEntry",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="entry",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("published_at", models.DateTimeField(null=True)),
                ("published_on", models.DateField(null=True)),
                ("opens_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
                ("word_count", models.PositiveIntegerField()),
                ("facets", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX_STORIES, "DROP FUNCTION articles_index_stories"),
        migrations.RunSQL("SELECT articles_index_stories(ARRAY(SELECT id FROM articles_article))", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="indexentry",
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["words"], name="entry_words"),
        ),
        migrations.RunSQL(FOLLOW, "DROP FUNCTION articles_follow_story, articles_follow_part"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table, event=event, rows=EVENTS[event], function=function), f"DROP TRIGGER index_{event} ON {table}"
            )
            for table, event, function in TRIGGERS
        ),
        migrations.AddField(
            model_name="topic",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                help_text="A larger topic, whose page then has the stories of this one too. For example: The low reservoir, of Water in Merrow.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="articles.topic",
                verbose_name="part of the series",
            ),
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("text", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("stories", models.PositiveIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="word",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("text"), "gin_trgm_ops"), name="word_alike"
            ),
        ),
        *(
            migrations.AddIndex(
                model_name=name,
                index=django.contrib.postgres.indexes.GinIndex(
                    django.contrib.postgres.search.SearchVector("name", config="newsroom_words"), name=f"{name}_name_words"
                ),
            )
            for name in ("section", "topic", "author", "source")
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(condition=~models.Q(language=""), fields=["language"], name="article_other_languages"),
        ),
        migrations.RemoveIndex(model_name="article", name="article_search"),
        migrations.RemoveField(model_name="article", name="search"),
    ]
