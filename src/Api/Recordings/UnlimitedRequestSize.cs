using Microsoft.AspNetCore.Http.Metadata;

namespace Replays.Api.Recordings;

/// <summary>Lifts the server's body size limit: the limit per recording, which spans requests, applies instead.</summary>
internal sealed class UnlimitedRequestSize : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}
