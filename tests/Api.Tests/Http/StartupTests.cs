using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class StartupTests
{
    private const string Bearer = "Authentication__Schemes__Bearer__", Staff = "Authentication__Schemes__Staff__";

    public static TheoryData<string, string, string, string[]> InvalidConfigurations => new()
    {
        // Program, environment, expected message, and changes to the default settings: "name=value" sets, "name=" removes.
        { "Silo", "Staging", "ConnectionStrings__Replays", [] },
        { "Silo", "Staging", "not a valid PostgreSQL connection string", ["ConnectionStrings__Replays=nonsense"] },
        { "Silo", "Production", "Replays__Keys__Certificate__Path", ["ConnectionStrings__Replays=Host=localhost"] },
        { "Api", "Staging", "Authority", [$"{Bearer}SigningKeys__0__Issuer=", $"{Bearer}SigningKeys__0__Value="] },
        { "Api", "Production", "not allowed in Production", [] },
        { "Api", "Staging", "ValidAudiences", [$"{Bearer}ValidAudiences__0="] },
        { "Api", "Staging", "at least 32 bytes", [$"{Bearer}SigningKeys__0__Value=c2hvcnQ="] },
        { "Api", "Staging", "can change hands", ["Replays__PatientClaim=email"] },
        { "Api", "Staging", "can change hands", ["Replays__PatientClaim=Preferred_Username"] },
        { "Api", "Staging", "several issuers", [$"{Staff}Authority=https://staff.example", $"{Staff}ValidAudiences__0=replays"] },
        {
            "Api", "Staging", "Exactly one issuer may grant the role 'patient'",
            [
                $"{Staff}Authority=https://staff.example", $"{Staff}ValidAudiences__0=replays",
                "Replays__Issuers__Staff__AllowedRoles__0=patient", "Replays__Issuers__Bearer__AllowedRoles__0=patient",
            ]
        },
        { "Api", "Staging", "unknown role 'doctor'", ["Replays__Issuers__Bearer__AllowedRoles__0=doctor"] },
        { "Api", "Staging", "does not match a scheme", ["Replays__Issuers__Bearar__AllowedRoles__0=patient"] },
        { "Api", "Staging", "MaxBytes", ["Replays__Recordings__MaxBytes=0"] },
        { "Api", "Staging", "UploadDeadline", ["Replays__Recordings__UploadDeadline=-00:00:01"] },
        { "Api", "Staging", "MaxCallDuration", ["Replays__Recordings__MaxCallDuration=8.00:00:00"] },
        { "Api", "Staging", "UploadIdleTimeout", ["Replays__Recordings__UploadIdleTimeout=00:00:00"] },
        { "Api", "Staging", "more than one issuer", [$"{Bearer}SigningKeys__0__Issuer=somebody-else"] },
        { "Api", "Staging", "Provider", ["Replays__Media__Provider=Tape"] },
        { "Api", "Staging", "Bucket", ["Replays__Media__Provider=S3", "Replays__Media__S3__ServiceUrl=http://127.0.0.1:9"] },
    };

    [Theory]
    [MemberData(nameof(InvalidConfigurations))]
    public async Task A_program_with_unsafe_or_missing_configuration_exits_with_a_message_that_names_the_setting(
        string program, string environment, string message, string[] changes)
    {
        var directory = Directory.CreateTempSubdirectory("replays-start-");
        var settings = new Dictionary<string, string?>(TestTokens.Settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment,
            ["DOTNET_ENVIRONMENT"] = environment,
        };
        foreach (var change in changes)
        {
            var parts = change.Split('=', 2);
            settings[parts[0]] = parts[1] is "" ? null : parts[1];
        }
        await using var process = new ProgramProcess(program, directory.FullName, settings);
        process.Launch();
        Assert.Equal(1, await process.Exit());
        Assert.Contains(message, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal); // no stack trace
        directory.Delete(recursive: true);
    }
}
