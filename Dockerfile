FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Grains/Grains.csproj src/Grains/
COPY src/Media/Media.csproj src/Media/
COPY src/Data/Data.csproj src/Data/
COPY src/Silo/Silo.csproj src/Silo/
COPY src/Api/Api.csproj src/Api/
RUN dotnet restore src/Api/Api.csproj
COPY .editorconfig ./
COPY src src
RUN dotnet publish src/Silo/Silo.csproj -c Release -o /app/silo --no-restore \
 && dotnet publish src/Api/Api.csproj -c Release -o /app/api --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
# Named volumes are initialized from this directory, including its non-root owner.
RUN mkdir -p /var/lib/replays/media && chown -R $APP_UID /var/lib/replays
ENV ASPNETCORE_URLS=http://+:8080 DOTNET_EnableDiagnostics=0
USER $APP_UID
WORKDIR /var/lib/replays
EXPOSE 8080

FROM base AS silo
COPY --from=build /app/silo /app
HEALTHCHECK --interval=10s --timeout=10s --start-period=120s CMD ["dotnet", "/app/Replays.Silo.dll", "health", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["dotnet", "/app/Replays.Silo.dll"]

FROM base AS api
COPY --from=build /app/api /app
HEALTHCHECK --interval=10s --timeout=10s --start-period=120s CMD ["dotnet", "/app/Replays.Api.dll", "health", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["dotnet", "/app/Replays.Api.dll"]
