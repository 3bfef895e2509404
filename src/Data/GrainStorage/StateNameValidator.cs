using System.Reflection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Replays.Data.GrainStorage;

/// <summary>Refuses to start when two grain classes have a state of one name: the AdoNet provider would let them share rows.</summary>
internal sealed class StateNameValidator(IOptions<GrainTypeOptions> grains) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var shared = grains.Value.Classes
            .SelectMany(grain => StatesOf(grain).Select(state => (Grain: grain, state.StateName)))
            .GroupBy(use => use.StateName)
            .FirstOrDefault(uses => uses.Select(use => use.Grain).Distinct().Count() > 1);
        if (shared is not null)
        {
            throw new OrleansConfigurationException(
                $"The state name '{shared.Key}' is used by {string.Join(" and ", shared.Select(use => use.Grain.Name))}; use one each.");
        }
    }

    private static IEnumerable<PersistentStateAttribute> StatesOf(Type grain) => grain
        .GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>())
        .OfType<PersistentStateAttribute>();
}
