using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Grains.Identity;

namespace Replays.Grains.Tests.Identity;

public sealed class ResourceNameTests
{
    public static TheoryData<string> LookAlikes =>
    [
        "1", "01", "001", "a", "A", "0a", "0A", "abc", "ABC", "0xabc", "-1", "_", "a.b~c|d:e@f-g",
        "00000000-0000-0000-0000-000000000001", "00000000000000000000000000000001",
        "6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        new string('x', 128), new string('X', 128),
    ];

    [Fact]
    public void Look_alike_patient_ids_have_distinct_keys()
    {
        var keys = LookAlikes.Select(row => PatientId.Parse(row.Data).Name).ToList();
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.False(Guid.TryParse(key, out _) || key.Contains('+') || key.All(char.IsAsciiHexDigit)));
    }

    [Theory]
    [MemberData(nameof(LookAlikes))]
    public void A_resource_name_round_trips_in_every_form(string patient)
    {
        var recording = PatientId.Parse(patient).Consultation(int.MaxValue).Recording(32);
        Assert.Equal(recording, RecordingId.Parse(recording.Name));
        Assert.Equal(recording, JsonSerializer.Deserialize<RecordingId>(JsonSerializer.Serialize(recording)));
        Assert.True(RecordingId.TryParseReplayId(recording.Patient, recording.ReplayId, out var parsed) && parsed == recording);
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
        Assert.Equal(recording, serializer.Deserialize<RecordingId>(serializer.SerializeToArray(recording)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData(".a")]
    [InlineData("a/b")]
    [InlineData("a+b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("a%41")]
    public void An_invalid_patient_id_is_rejected(string value) => Assert.False(PatientId.TryCreate(value, out _));

    [Fact]
    public void A_patient_id_of_129_characters_is_rejected() => Assert.False(PatientId.TryCreate(new string('x', 129), out _));

    [Theory]
    [InlineData("patients/a/consultations/0/recordings/1")]
    [InlineData("patients/a/consultations/01/recordings/1")]
    [InlineData("patients/a/consultations/1/recordings/")]
    [InlineData("patients/a/consultations/1/recordings/1/x")]
    [InlineData("patients/a/consultations/2147483648/recordings/1")]
    [InlineData("Patients/a/consultations/1/recordings/1")]
    [InlineData("patients/a/consultations/1")]
    public void An_invalid_recording_name_is_rejected(string name) => Assert.False(RecordingId.TryParseName(name, out _));

    [Theory]
    [InlineData("1-01")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("+1-1")]
    [InlineData("1-1-1")]
    [InlineData("1 -1")]
    public void An_invalid_replay_id_is_rejected(string id) => Assert.False(RecordingId.TryParseReplayId(PatientId.Parse("a"), id, out _));

    [Fact]
    public void Default_ids_address_nobody()
    {
        Assert.Throws<InvalidOperationException>(() => default(PatientId).Name);
        Assert.Throws<InvalidOperationException>(() => default(PatientId).Consultation(1));
        Assert.Throws<InvalidOperationException>(() => default(ConsultationId).Name);
        Assert.Throws<InvalidOperationException>(() => default(ConsultationId).Recording(1));
        Assert.Throws<InvalidOperationException>(() => default(RecordingId).Name);
    }
}
