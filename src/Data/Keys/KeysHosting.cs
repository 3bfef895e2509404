using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Replays.Grains.Keys;

namespace Replays.Data.Keys;

/// <summary>Registers patient keys and the Data Protection key ring that wraps them.</summary>
public static class KeysHosting
{
    /// <summary>Stores the key ring in the data directory when embedded, otherwise in PostgreSQL.</summary>
    /// <exception cref="StartupException">The certificate is unreadable, or missing in a Production cluster.</exception>
    public static IHostApplicationBuilder AddReplaysKeys(this IHostApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("Orleans.Replays");
        var certificate = builder.Configuration.GetSection("Replays:Keys").Get<ReplaysKeysOptions>()?.Certificate ?? new();
        if (!string.IsNullOrEmpty(certificate.Path))
            protection.ProtectKeysWithCertificate(Load(certificate));
        else if (!builder.Configuration.IsEmbedded() && builder.Environment.IsProduction())
        {
            throw new StartupException(
                "The key ring would be stored unencrypted. Set Replays__Keys__Certificate__Path (a PKCS#12 file with a private key) "
                + "and Replays__Keys__Certificate__Password.");
        }

        if (builder.Configuration.IsEmbedded())
        {
            var options = builder.Configuration.GetSection("Replays").Get<DataOptions>() ?? new DataOptions();
            protection.PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.OpenDataDirectory(), "keys")));
        }
        else
        {
            builder.Services.AddOptions<KeyManagementOptions>().Configure<NpgsqlDataSource>((keys, database) =>
                keys.XmlRepository = new PostgresKeyRing(database));
        }
        builder.Services.TryAddSingleton<IPatientKeys, PatientKeyStore>();
        return builder;
    }

    private static X509Certificate2 Load(ReplaysKeysOptions.CertificateFile file)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file.Path!, file.Password);
            return certificate.HasPrivateKey
                ? certificate
                : throw new StartupException($"The certificate in Replays__Keys__Certificate__Path has no private key: {file.Path}.");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The certificate in Replays__Keys__Certificate__Path cannot be read: {exception.Message}", exception);
        }
    }
}
