namespace Replays.Grains.AuditTrail;

/// <summary>An audit entry before it gets its id and time.</summary>
/// <param name="Kind">In the past tense, such as <c>consultation.started</c>.</param>
/// <param name="Detail">A mode or a reason.</param>
internal sealed record AuditFact(string Kind, Actor By, string Subject, string? Detail = null)
{
    public AuditEntry ToEntry(DateTimeOffset at) =>
        new() { Id = Guid.NewGuid(), At = at, Kind = Kind, By = By, Subject = Subject, Detail = Detail };
}
