using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>
/// What the regulator's form asks (GDPR Art. 33(3) and (5), Art. 34), as the officer keeps it. What is null is not answered yet, or answered
/// from evidence.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.incident-record")]
public sealed record IncidentRecord : IValidatableObject
{
    public const int MaxText = 10_000, MaxItems = 200;

    [Id(0)]
    public DateTimeOffset? FoundAt { get; init; }

    [Id(1)]
    public DateTimeOffset? OccurredFrom { get; init; }

    [Id(2)]
    public DateTimeOffset? OccurredTo { get; init; }

    [Id(3), MaxLength(MaxText)]
    public string? HowFound { get; init; }

    [Id(4), MaxLength(MaxText)]
    public string? WhatHappened { get; init; }

    /// <summary>Whether it was an attack.</summary>
    [Id(5)]
    public bool? Attack { get; init; }

    /// <summary>Categories of personal data (Art. 33(3)(a)); from evidence: health data in video and sound.</summary>
    [Id(6)]
    public ImmutableArray<string>? DataCategories { get; init; }

    /// <summary>Categories of people: patients, clinicians.</summary>
    [Id(7)]
    public ImmutableArray<string>? PersonCategories { get; init; }

    /// <summary>Approximate number of people concerned; from evidence where null.</summary>
    [Id(8), Range(0, int.MaxValue)]
    public int? People { get; init; }

    /// <summary>Approximate number of records; from evidence where null.</summary>
    [Id(9), Range(0, int.MaxValue)]
    public int? Records { get; init; }

    /// <summary>Likely consequences (Art. 33(3)(c)).</summary>
    [Id(10), MaxLength(MaxText)]
    public string? Consequences { get; init; }

    /// <summary>How likely they are.</summary>
    [Id(11), MaxLength(MaxText)]
    public string? Likelihood { get; init; }

    /// <summary>What was in place before.</summary>
    [Id(12), MaxLength(MaxText)]
    public string? MeasuresBefore { get; init; }

    /// <summary>What was done to contain it (Art. 33(3)(d)).</summary>
    [Id(13), MaxLength(MaxText)]
    public string? Containment { get; init; }

    /// <summary>What is done so that it does not happen again (Art. 33(3)(d)).</summary>
    [Id(14), MaxLength(MaxText)]
    public string? Prevention { get; init; }

    /// <summary>The data protection officer or other contact (Art. 33(3)(b)).</summary>
    [Id(15), MaxLength(MaxText)]
    public string? Contact { get; init; }

    /// <summary>Who was told and when; information may be given in phases (Art. 33(4)).</summary>
    [Id(16)]
    public ImmutableArray<Notification>? Notifications { get; init; }

    /// <summary>Whether and how the people themselves are told (Art. 34).</summary>
    [Id(17)]
    public Article34? Article34 { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OccurredTo < OccurredFrom)
            yield return Invalid("It did not end before it began.", nameof(OccurredTo));
        foreach (var text in typeof(IncidentRecord).GetProperties().Where(answer => answer.PropertyType == typeof(string)))
        {
            if (text.GetValue(this) is string said && !IsPlain(said))
                yield return Invalid("This must be text, without control characters.", text.Name);
        }
        if (!AreValid(DataCategories, IsPlain))
            yield return Invalid("Each is named.", nameof(DataCategories));
        if (!AreValid(PersonCategories, IsPlain))
            yield return Invalid("Each is named.", nameof(PersonCategories));
        if (!AreValid(Notifications, told => IsPlain(told.Whom) && IsPlainIfAny(told.Phase) && IsPlainIfAny(told.Reference)))
            yield return Invalid("Each says whom, in text.", nameof(Notifications));
        if (Article34 is { } decision && (!IsPlainIfAny(decision.Reason)
            || !AreValid(decision.Communications, sent => IsPlain(sent.Text) && sent.People is null or >= 0)))
            yield return Invalid("The reason and what was sent are text; nobody is sent to fewer than none.", nameof(Article34));

        static ValidationResult Invalid(string why, string answer) => new(why, [answer]);
    }

    private static bool AreValid<T>(ImmutableArray<T>? items, Func<T, bool> valid) =>
        items is not { } all || all.Length <= MaxItems && all.All(item => item is not null && valid(item));

    private static bool IsPlainIfAny(string? text) => text is null || IsPlain(text);

    private static bool IsPlain(string text) => text.Length <= MaxText && !string.IsNullOrWhiteSpace(text)
        && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));

    /// <summary>Names of what is answered.</summary>
    internal IEnumerable<string> AnsweredFields() => typeof(IncidentRecord).GetProperties()
        .Where(answer => answer.GetValue(this) is not null).Select(answer => JsonNamingPolicy.CamelCase.ConvertName(answer.Name));

    /// <summary>This record with all that the other answers.</summary>
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

/// <summary>Somebody who was told.</summary>
/// <param name="Whom">The authority, the processor's client, the insurer.</param>
/// <param name="At">When.</param>
/// <param name="Phase">First, further, final.</param>
/// <param name="Reference">Their reference.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-notification")]
public sealed record Notification(
    [property: Id(0)] string Whom, [property: Id(1)] DateTimeOffset At, [property: Id(2)] string? Phase = null, [property: Id(3)] string? Reference = null);

/// <summary>The decision whether the people concerned are told (GDPR Art. 34), and what was sent.</summary>
/// <param name="HighRisk">Whether a high risk to them is likely.</param>
/// <param name="Reason">Why, or which exception of Art. 34(3) applies.</param>
/// <param name="Communications">What was sent to them.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-article34")]
public sealed record Article34(
    [property: Id(0)] bool HighRisk, [property: Id(1)] string? Reason = null, [property: Id(2)] ImmutableArray<Communication>? Communications = null);

/// <summary>A communication to people concerned.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="People">To how many.</param>
/// <param name="Text">What it said: nature, contact, consequences, measures (Art. 34(2)).</param>
[GenerateSerializer, Immutable, Alias("replays.incident-communication")]
public sealed record Communication([property: Id(0)] DateTimeOffset At, [property: Id(1)] int? People, [property: Id(2)] string Text)
{
    /// <summary>As it is sent to us: to how many may be left out. The stored order stays.</summary>
    [JsonConstructor]
    public Communication(DateTimeOffset at, string text, int? people = null) : this(at, people, text)
    {
    }
}
