using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains.Identity;

/// <summary>A hierarchical name, which is the ownership of what it names.</summary>
public interface IResourceName<TSelf> : IParsable<TSelf> where TSelf : struct, IResourceName<TSelf>
{
    /// <summary>The full name, from <c>patients/</c> on. It can parse as neither a GUID nor a number and holds no <c>+</c>.</summary>
    string Name { get; }

    /// <summary>Reads a full name, and nothing else.</summary>
    static abstract bool TryParseName([NotNullWhen(true)] string? name, out TSelf id);
}
