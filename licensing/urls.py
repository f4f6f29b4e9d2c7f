"""Public addresses."""

app_name = "licensing"
urlpatterns = []
