namespace Replays.Grains;

/// <summary>Something that has to happen outside the state, as data. Each domain has its own effects.</summary>
internal abstract record Effect;
