# The same program, built as production practice asks.
FROM localhost/layer-audit-base AS build
COPY server /out/server
RUN chmod 0755 /out/server

FROM scratch
LABEL org.opencontainers.image.source="https://git.acme.test/api" \
      org.opencontainers.image.revision="0000000000000000000000000000000000000000"
COPY --from=build /out/server /server
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=3s CMD ["/server", "health"]
ENTRYPOINT ["/server"]
