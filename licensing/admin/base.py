"""What the rights desk's pages have in common."""

from articles.admin.base import NewsroomAdmin


class RecordAdmin(NewsroomAdmin):
    """Rows that are kept as they are: nobody adds, changes or deletes them by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class VersionAdmin(NewsroomAdmin):
    """Documents with versions: a draft can be changed, what has been in force is kept for ever."""

    readonly_fields = ["version"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_begun)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.has_begun)
