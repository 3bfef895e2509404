using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains.Identity;

/// <summary>A hierarchical name. The name is the ownership: it contains the owner.</summary>
public interface IResourceName<TSelf> : IParsable<TSelf> where TSelf : struct, IResourceName<TSelf>
{
    /// <summary>The full name, starting with <c>patients/</c>. It never parses as a GUID or a number and contains no <c>+</c>.</summary>
    string Name { get; }

    /// <summary>Parses a full name; nothing else is accepted.</summary>
    static abstract bool TryParseName([NotNullWhen(true)] string? name, out TSelf id);
}
