namespace Replays.Grains.AuditTrail;

/// <summary>State names, keys and sizes of stored audit trails, for the grain and for the ownership audit.</summary>
public static class TrailStorage
{
    /// <summary>State name of pages, keyed <c>patients/{patient}/trail/{page}</c> from page 0.</summary>
    public const string PageState = "audit-page";

    /// <summary>State name of heads, keyed <c>patients/{patient}</c>.</summary>
    public const string HeadState = "audit-head";

    /// <summary>Entries per page. An append rewrites one page, at most about 20 KB.</summary>
    public const int PageSize = 64;

    public static string PageKey(string owner, int page) => $"{owner}/trail/{page}";
}
