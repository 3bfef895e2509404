using Microsoft.AspNetCore.Http.Metadata;

namespace Replays.Api.Recordings;

/// <summary>The server's own limit to a request's body is off: the recording's limit is told as a problem, and holds over all its requests.</summary>
internal sealed class UnlimitedRequestSize : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}
