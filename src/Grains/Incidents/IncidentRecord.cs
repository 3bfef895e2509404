using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Replays.Grains.Incidents;

/// <summary>
/// The officer's answers to the regulator's form (GDPR Art. 33(3) and (5), Art. 34). Null: not answered yet, or answered from evidence.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.incident-record")]
public sealed record IncidentRecord : IValidatableObject
{
    public const int MaxText = 10_000, MaxItems = 200;

    private const string InvalidCategories = "Each category must be non-empty text; at most 200 are allowed.";

    [Id(0)] public DateTimeOffset? FoundAt { get; init; }
    [Id(1)] public DateTimeOffset? OccurredFrom { get; init; }
    [Id(2)] public DateTimeOffset? OccurredTo { get; init; }

    [Id(3), MaxLength(MaxText)]
    public string? HowFound { get; init; }

    [Id(4), MaxLength(MaxText)]
    public string? WhatHappened { get; init; }

    /// <summary>Whether it was an attack.</summary>
    [Id(5)] public bool? Attack { get; init; }

    /// <summary>Categories of personal data (Art. 33(3)(a)). From evidence where null: health data in video and sound.</summary>
    [Id(6)] public ImmutableArray<string>? DataCategories { get; init; }

    /// <summary>Categories of data subjects, such as patients and clinicians.</summary>
    [Id(7)] public ImmutableArray<string>? PersonCategories { get; init; }

    /// <summary>Approximate number of data subjects. From evidence where null.</summary>
    [Id(8), Range(0, int.MaxValue)]
    public int? People { get; init; }

    /// <summary>Approximate number of records. From evidence where null.</summary>
    [Id(9), Range(0, int.MaxValue)]
    public int? Records { get; init; }

    /// <summary>Likely consequences (Art. 33(3)(c)).</summary>
    [Id(10), MaxLength(MaxText)]
    public string? Consequences { get; init; }

    /// <summary>The likelihood of the consequences.</summary>
    [Id(11), MaxLength(MaxText)]
    public string? Likelihood { get; init; }

    /// <summary>Measures in place before the incident.</summary>
    [Id(12), MaxLength(MaxText)]
    public string? MeasuresBefore { get; init; }

    /// <summary>Measures to contain the incident (Art. 33(3)(d)).</summary>
    [Id(13), MaxLength(MaxText)]
    public string? Containment { get; init; }

    /// <summary>Measures to prevent a recurrence (Art. 33(3)(d)).</summary>
    [Id(14), MaxLength(MaxText)]
    public string? Prevention { get; init; }

    /// <summary>The data protection officer or other contact (Art. 33(3)(b)).</summary>
    [Id(15), MaxLength(MaxText)]
    public string? Contact { get; init; }

    /// <summary>Notifications sent, possibly in phases (Art. 33(4)).</summary>
    [Id(16)] public ImmutableArray<Notification>? Notifications { get; init; }

    /// <summary>The decision on informing the data subjects (Art. 34).</summary>
    [Id(17)] public Article34? Article34 { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OccurredTo < OccurredFrom)
            yield return Invalid("The end must not be before the start.", nameof(OccurredTo));
        foreach (var property in typeof(IncidentRecord).GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            if (property.GetValue(this) is string text && !IsPlain(text))
                yield return Invalid("This must be text without control characters.", property.Name);
        }
        if (!AreValid(DataCategories, IsPlain))
            yield return Invalid(InvalidCategories, nameof(DataCategories));
        if (!AreValid(PersonCategories, IsPlain))
            yield return Invalid(InvalidCategories, nameof(PersonCategories));
        if (!AreValid(Notifications, n => IsPlain(n.Whom) && IsPlainIfAny(n.Phase) && IsPlainIfAny(n.Reference)))
            yield return Invalid("Each notification must name its recipient in text; at most 200 are allowed.", nameof(Notifications));
        if (Article34 is { } decision && (!IsPlainIfAny(decision.Reason)
            || !AreValid(decision.Communications, c => IsPlain(c.Text) && c.People is null or >= 0)))
            yield return Invalid("The reason and the communications must be text, and the number of people 0 or more.", nameof(Article34));

        static ValidationResult Invalid(string message, string property) => new(message, [property]);
    }

    private static bool AreValid<T>(ImmutableArray<T>? items, Func<T, bool> valid) =>
        items is not { } all || all.Length <= MaxItems && all.All(item => item is not null && valid(item));

    private static bool IsPlainIfAny(string? text) => text is null || IsPlain(text);

    private static bool IsPlain(string text) => text.Length <= MaxText && !string.IsNullOrWhiteSpace(text)
        && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));

    /// <summary>Names of the answered fields.</summary>
    internal IEnumerable<string> AnsweredFields() => typeof(IncidentRecord).GetProperties()
        .Where(property => property.GetValue(this) is not null).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    /// <summary>Returns this record with the other's answers taking precedence.</summary>
    public IncidentRecord Merge(IncidentRecord other) => new()
    {
        FoundAt = other.FoundAt ?? FoundAt,
        OccurredFrom = other.OccurredFrom ?? OccurredFrom,
        OccurredTo = other.OccurredTo ?? OccurredTo,
        HowFound = other.HowFound ?? HowFound,
        WhatHappened = other.WhatHappened ?? WhatHappened,
        Attack = other.Attack ?? Attack,
        DataCategories = other.DataCategories ?? DataCategories,
        PersonCategories = other.PersonCategories ?? PersonCategories,
        People = other.People ?? People,
        Records = other.Records ?? Records,
        Consequences = other.Consequences ?? Consequences,
        Likelihood = other.Likelihood ?? Likelihood,
        MeasuresBefore = other.MeasuresBefore ?? MeasuresBefore,
        Containment = other.Containment ?? Containment,
        Prevention = other.Prevention ?? Prevention,
        Contact = other.Contact ?? Contact,
        Notifications = other.Notifications ?? Notifications,
        Article34 = other.Article34 ?? Article34,
    };
}
