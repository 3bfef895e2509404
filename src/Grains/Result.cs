using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains;

/// <summary>A value, or the reason why there is none.</summary>
[GenerateSerializer, Immutable, Alias("replays.result`1")]
public readonly record struct Result<T>
{
    private Result(T? value, ErrorCode error) => (Value, Error) = (value, error);

    [Id(0)] public T? Value { get; }

    /// <summary><see cref="ErrorCode.None"/> when there is a value.</summary>
    [Id(1)] public ErrorCode Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsSuccess => Error is ErrorCode.None;

    public static implicit operator Result<T>(T value) => new(value, ErrorCode.None);

    public static implicit operator Result<T>(ErrorCode error) => new(default, error);
}
