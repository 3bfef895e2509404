namespace Replays.Cluster.Tests.Load;

/// <summary>All that the service acknowledged for one patient. Written by one worker, read after it has ended.</summary>
internal sealed class ExpectedState(string patient)
{
    public string Patient => patient;

    public List<Consultation> Consultations { get; } = [];

    /// <param name="reason">Unique per consultation, so that a duplicate booking is recognized.</param>
    internal sealed class Consultation(string reason)
    {
        public string Reason => reason;

        /// <summary>Null until the booking is acknowledged.</summary>
        public int? Number { get; set; }

        public HashSet<string> Consents { get; } = [];

        public bool Ended { get; set; }

        /// <summary>SHA-256 digests of the uploaded media, by ordinal of the recording.</summary>
        public Dictionary<int, string> Uploads { get; } = [];

        /// <summary>Ordinals of the recordings whose seal was acknowledged.</summary>
        public HashSet<int> Sealed { get; } = [];
    }
}
