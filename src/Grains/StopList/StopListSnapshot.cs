using System.Collections.Frozen;

namespace Replays.Grains.StopList;

/// <summary>The stop list at one moment.</summary>
public sealed class StopListSnapshot
{
    private readonly FrozenSet<string> _gone;
    private readonly FrozenDictionary<string, Stop> _suspensions;

    public StopListSnapshot(IEnumerable<Stop> stops)
    {
        var all = stops.ToList();
        _gone = all.Where(stop => stop.Kind is not StopKind.Suspension).Select(stop => stop.Target).ToFrozenSet(StringComparer.Ordinal);
        Erased = [.. all.Where(stop => stop.Kind is StopKind.Erasure).Select(stop => stop.Target)];
        _suspensions = all.Where(stop => stop.Kind is StopKind.Suspension).ToFrozenDictionary(stop => stop.Target, StringComparer.Ordinal);
    }

    /// <summary>Names of patients who are being erased.</summary>
    public ImmutableArray<string> Erased { get; }

    /// <summary>Whether a recording may be shown in a list or as an item.</summary>
    public Visibility ListingVisibility(RecordingId recording) => VisibilityOf(recording, StopScope.All);

    /// <summary>Whether a recording may be played.</summary>
    public Visibility MediaVisibility(RecordingId recording) => VisibilityOf(recording, StopScope.Playback);

    /// <summary>Whether a patient's list may be shown.</summary>
    public Visibility PatientVisibility(PatientId patient) =>
        _gone.Contains(patient.Name) ? Visibility.Gone : IsSuspended(patient, StopScope.All) ? Visibility.Suspended : Visibility.Visible;

    /// <summary>The suspension for one patient, or for everyone when null, if there is one.</summary>
    public Stop? Suspension(PatientId? patient = null) => _suspensions.GetValueOrDefault(Stop.TargetOf(patient));

    private Visibility VisibilityOf(RecordingId recording, StopScope needed) =>
        _gone.Contains(recording.Name) || _gone.Contains(recording.Patient.Name) ? Visibility.Gone
        : IsSuspended(recording.Patient, needed) ? Visibility.Suspended
        : Visibility.Visible;

    private bool IsSuspended(PatientId patient, StopScope needed) =>
        _suspensions.Count > 0 && (Suspension()?.Scope >= needed || Suspension(patient)?.Scope >= needed);
}
