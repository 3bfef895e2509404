namespace Replays.Grains.Audit;

/// <summary>Kinds of entries that mean something to the trail itself.</summary>
public static class TrailKinds
{
    /// <summary>The patient was erased: kept when the content of everything else is destroyed.</summary>
    public const string Erased = "patient.erased";
}
