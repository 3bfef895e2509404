namespace Replays.Simulation.Faults;

/// <summary>Where an effect takes place, and so how it can fail.</summary>
internal enum EffectKind
{
    Database,
    MediaStore,
    Call,
}
