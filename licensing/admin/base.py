"""What documents with versions have in common."""

from articles.admin.base import NewsroomAdmin


class VersionAdmin(NewsroomAdmin):
    """Documents with versions: a draft can be changed, what has been in force is kept for ever."""

    readonly_fields = ["version"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_begun)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.has_begun)
