namespace Replays.Cluster.Tests.Load;

/// <summary>All that one patient, and who acts for them, was told is done. Written by one worker, read when it has ended.</summary>
internal sealed class ExpectedState(string patient)
{
    public string Patient => patient;

    public List<Consultation> Consultations { get; } = [];

    /// <summary>One consultation as its app's backend and its recorder know it.</summary>
    /// <param name="reason">Unique to it, so that a second one made of the same request shows.</param>
    internal sealed class Consultation(string reason)
    {
        public string Reason => reason;

        /// <summary>Null until the booking was acknowledged.</summary>
        public int? Number { get; set; }

        public HashSet<string> Consents { get; } = [];

        public bool Ended { get; set; }

        /// <summary>Digests of the media given to each recording, by ordinal.</summary>
        public Dictionary<int, string> Uploads { get; } = [];

        /// <summary>Ordinals of those whose seal was acknowledged.</summary>
        public HashSet<int> Sealed { get; } = [];
    }
}
