using System.Collections.Frozen;
using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.StopList;

/// <summary>All that was stopped at one moment.</summary>
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

    /// <summary>Whether a recording may be in a list or shown as an item.</summary>
    public Visibility ListingVisibility(RecordingId recording) => Of(recording, StopScope.All);

    /// <summary>Whether a recording's media may be served, and playback begun.</summary>
    public Visibility MediaVisibility(RecordingId recording) => Of(recording, StopScope.Playback);

    /// <summary>Whether anything of a patient may be listed.</summary>
    public Visibility PatientVisibility(PatientId patient) =>
        _gone.Contains(patient.Name) ? Visibility.Gone : IsSuspended(patient, StopScope.All) ? Visibility.Suspended : Visibility.Visible;

    /// <summary>The switch for everyone, or for one patient, where it is off.</summary>
    public Stop? Suspension(PatientId? patient = null) => _suspensions.GetValueOrDefault(Stop.TargetOf(patient));

    private Visibility Of(RecordingId recording, StopScope needed) =>
        _gone.Contains(recording.Name) || _gone.Contains(recording.Patient.Name) ? Visibility.Gone
        : IsSuspended(recording.Patient, needed) ? Visibility.Suspended
        : Visibility.Visible;

    private bool IsSuspended(PatientId patient, StopScope needed) =>
        _suspensions.Count > 0 && (Suspension()?.Scope >= needed || Suspension(patient)?.Scope >= needed);
}
