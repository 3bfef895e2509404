using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Replays.Simulation.Runtime;

/// <summary>A call as an activation's filter sees it.</summary>
internal sealed class IncomingCall<T>(Activation activation, GrainId? source, string name, Func<Task> invoke) : IIncomingGrainCallContext
{
    public T? Value { get; private set; }

    public GrainId? SourceId => source;

    public GrainId TargetId => activation.GrainId;

    public object Grain => activation.GrainInstance!;

    public IGrainContext TargetContext => activation;

    public string MethodName => name;

    public object? Result { get => Value; set => Value = (T?)value; }

    public IInvokable Request => throw new NotSupportedException();

    public GrainInterfaceType InterfaceType => throw new NotSupportedException();

    public string InterfaceName => throw new NotSupportedException();

    public MethodInfo InterfaceMethod => throw new NotSupportedException();

    public MethodInfo ImplementationMethod => throw new NotSupportedException();

    public Response? Response { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public async Task Invoke()
    {
        var task = invoke();
        if (task is Task<T> typed)
            Value = await typed;
        else
            await task;
    }
}
