using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains;

/// <summary>What was asked for, or why not.</summary>
[GenerateSerializer, Immutable, Alias("replays.result`1")]
public readonly record struct Result<T>
{
    private Result(T? value, ErrorCode refusal) => (Value, Error) = (value, refusal);

    [Id(0)]
    public T? Value { get; }

    /// <summary><see cref="ErrorCode.None"/> when there is a value.</summary>
    [Id(1)]
    public ErrorCode Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsSuccess => Error is ErrorCode.None;

    public static implicit operator Result<T>(T value) => new(value, ErrorCode.None);

    public static implicit operator Result<T>(ErrorCode refusal) => new(default, refusal);
}
