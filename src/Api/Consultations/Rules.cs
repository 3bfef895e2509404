using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

/// <summary>Not blank, and no control characters: what is shown to people.</summary>
internal sealed class PlainTextAttribute() : ValidationAttribute("This must be text, without control characters.")
{
    public override bool IsValid(object? value) =>
        value is null || value is string text && !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));
}

/// <summary>A time zone that this server knows.</summary>
internal sealed class TimeZoneAttribute() : ValidationAttribute("This is no known IANA time zone.")
{
    public override bool IsValid(object? value) => value is null || value is string id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);
}

/// <summary>A mode that can be recorded, and so consented to.</summary>
internal sealed class RecordableAttribute() : ValidationAttribute("Chat is not recorded: consent is to audio or video.")
{
    public override bool IsValid(object? value) => value is not ConsultationMode.Chat;
}
