"""Public addresses."""

app_name = "newsletters"
urlpatterns = []
