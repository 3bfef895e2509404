using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Binding;

/// <summary>Text that people read: not blank, and without control characters other than tab and line feed.</summary>
internal sealed class PlainTextAttribute() : ValidationAttribute("The text must not be blank or contain control characters.")
{
    public override bool IsValid(object? value) => value is null
        || value is string text && !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));
}

internal sealed class TimeZoneAttribute() : ValidationAttribute("This is not a known IANA time zone.")
{
    public override bool IsValid(object? value) => value is null || value is string id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);
}

internal sealed class RecordableAttribute() : ValidationAttribute("The mode must be audio or video. Chats are not recorded.")
{
    public override bool IsValid(object? value) => value is not ConsultationMode.Chat;
}
