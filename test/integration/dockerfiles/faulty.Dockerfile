# What a Dockerfile can do wrong, each instruction on its own so that the finding can name it.
FROM localhost/layer-audit-base
MAINTAINER Acme
ENV NODE_ENV=development NODE_TLS_REJECT_UNAUTHORIZED=0
COPY . /app
RUN mkdir -p /etc && echo 'root::0:0:root:/root:/bin/sh' > /etc/passwd && echo 'root::19000:0:99999:7:::' > /etc/shadow
RUN rm /app/.env
RUN chmod -R 0777 /app
RUN cp /bin/busybox /usr-tool && chmod 4755 /usr-tool
RUN mkdir -p /var/cache/apk && head -c 100000 /dev/zero > /var/cache/apk/APKINDEX.tar.gz
RUN rm /app/data.bin
RUN mkdir -p /tmp && echo downloaded > /tmp/install.txt
ADD app.conf /etc/app.conf
EXPOSE 22
VOLUME /etc
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
CMD npm run dev
