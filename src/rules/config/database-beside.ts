import { commandsOf } from '../command.ts';
import { entryPlace } from '../places.ts';
import { findPrograms, listPaths } from '../programs.ts';
import type { Rule } from '../rule.ts';

const SERVERS = [
  'mysqld',
  'mariadbd',
  'postgres',
  'mongod',
  'redis-server',
  'valkey-server',
  'memcached',
  'couchdb',
  'clickhouse-server',
  'cassandra',
  'rabbitmq-server',
  'slapd',
];
const DATABASE = /mysqld|mariadb|postgres|mongod?\b|redis|valkey|memcached|couchdb|clickhouse|cassandra|rabbitmq|slapd/;

/** Servers of databases in images of something else. */
export const configDatabaseBeside: Rule = {
  id: 'config/database-beside',
  title: 'A database server is in the image beside the program',
  severity: 'info',
  confidence: 'medium',
  why: 'A container that runs its own database loses the data with itself, cannot be started twice, and gives whoever takes the program over the data as well.',
  fix: 'Run the database in a container of its own with a volume, and leave its server out of this image: install the client only, postgresql-client instead of postgresql.',
  references: [
    'https://docs.docker.com/engine/containers/multi-service_container/',
    'https://12factor.net/backing-services',
  ],
  *judgeImage(evidence) {
    const servers = findPrograms(evidence, SERVERS).filter(
      ({ multiCall, runnable, entry }) =>
        !multiCall && runnable.can !== 'no' && !/(?:^|\/)(?:lib|share)\//.test(entry.path),
    );
    const own = commandsOf(evidence).filter(({ field }) => field !== 'config.Healthcheck.Test');
    // An image that is started by nothing is a base, and one whose command names a server is that server's.
    if (servers.length === 0 || own.length === 0) return;
    if (own.some(({ words }) => words.some((word) => DATABASE.test(word)))) return;
    const entries = servers.map(({ entry }) => entry);
    yield {
      key: 'database',
      state: 'live',
      message: `${listPaths(evidence, entries)} can be run beside the program.`,
      evidence: entries.map((entry) => entryPlace(evidence, entry)),
    };
  },
};
