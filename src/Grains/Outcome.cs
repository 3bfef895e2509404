using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains;

/// <summary>What was asked for, or why not.</summary>
[GenerateSerializer, Immutable, Alias("replays.outcome`1")]
public readonly record struct Outcome<T>
{
    private Outcome(T? value, Refusal refusal) => (Value, Refusal) = (value, refusal);

    [Id(0)]
    public T? Value { get; }

    /// <summary><see cref="Refusal.None"/> when there is a value.</summary>
    [Id(1)]
    public Refusal Refusal { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Refusal is Refusal.None;

    public static implicit operator Outcome<T>(T value) => new(value, Refusal.None);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
