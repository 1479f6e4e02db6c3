import { commandsOf } from '../command.ts';
import { imagePlace } from '../places.ts';
import type { Draft, Rule } from '../rule.ts';

/** Variables that turn a framework's development mode on, and the values that do. */
const VARIABLES: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^(?:NODE|RAILS|RACK|APP|FLASK|MIX|HANAMI)_ENV$/, /^dev(?:elopment|el)?$/i],
  [/^(?:ASPNETCORE|DOTNET)_ENVIRONMENT$/, /^dev(?:elopment)?$/i],
  [/^(?:FLASK|APP|DJANGO|WERKZEUG|SYMFONY|CI|STARLETTE|FASTAPI|QUART)_DEBUG$/, /^(?:1|true|on|yes)$/i],
  [/^DEBUG$/, /^(?:\*|1|true|on|yes)$/i],
  [/^GIN_MODE$/, /^debug$/i],
  [/^PYTHONDEVMODE$/, /^[1-9]/],
];

/** Commands that reload on changes, answer with stack traces, or are for one user at a time. */
const COMMANDS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /(?:^|[\s/])(?:nodemon|ts-node-dev|tsx watch|webpack-dev-server|reflex|fresh|modd|entr)(?:\s|$)/,
    'a program that watches sources',
  ],
  [
    /(?:^|[\s/])(?:npm|yarn|pnpm|bun)\s(?:run\s)?(?:dev|start:dev|watch)(?:\s|$)/,
    'the development script of a package',
  ],
  [/(?:^|[\s/])(?:uvicorn|gunicorn|hypercorn|granian)\s(?:.*\s)?--reload(?:\s|$)/, 'a server that reloads on changes'],
  [/(?:^|[\s/])flask\s(?:.*\s)?(?:--debug|run)(?:\s|$)/, 'Flask’s development server'],
  [/manage\.py\srunserver(?:_plus)?(?:\s|$)/, 'Django’s development server'],
  [/(?:^|[\s/])fastapi\sdev(?:\s|$)/, 'FastAPI’s development server'],
  [/(?:^|[\s/])(?:next|nuxt|nuxi|astro|remix|vinxi)\sdev(?:\s|$)/, 'a framework’s development server'],
  [/(?:^|[\s/])(?:ng|vue-cli-service)\sserve(?:\s|$)/, 'a framework’s development server'],
  [/(?:^|[\s/])vite(?:\s(?:dev|serve))?\s*$|(?:^|[\s/])vite\s(?:dev\s|serve\s)?--/, 'Vite’s development server'],
  [/(?:^|[\s/])php\d*\s(?:.*\s)?-S\s/, 'PHP’s built-in server'],
  [/(?:^|[\s/])artisan\sserve(?:\s|$)/, 'Laravel’s development server'],
  [/(?:^|[\s/])dotnet\swatch(?:\s|$)/, 'a program that watches sources'],
  [/(?:^|[\s/])cargo\s(?:run|watch)(?:\s|$)|(?:^|[\s/])go\srun(?:\s|$)/, 'a compiler at every start'],
];

/** The image starts in a mode for development. */
export const configDevelopmentMode: Rule = {
  id: 'config/development-mode',
  title: 'The image runs in development mode',
  severity: 'medium',
  confidence: 'medium',
  why: 'Development servers answer with stack traces and consoles that run code, serve one request at a time, and watch sources that never change. Frameworks say of theirs that they are not for production.',
  fix: 'Set the production mode in the last stage (ENV NODE_ENV=production) and start the production server: CMD ["gunicorn", "app:app"], CMD ["node", "dist/server.js"].',
  references: [
    'https://flask.palletsprojects.com/en/stable/deploying/',
    'https://docs.djangoproject.com/en/stable/howto/deployment/checklist/',
    'https://expressjs.com/en/advanced/best-practice-performance.html',
  ],
  *judgeImage(evidence) {
    for (const [i, line] of (evidence.image.config?.config.env ?? []).entries()) {
      const equals = line.indexOf('=');
      const name = line.slice(0, equals);
      const value = line.slice(equals + 1);
      if (!VARIABLES.some(([names, values]) => names.test(name) && values.test(value))) continue;
      const field = `config.Env[${i}]`;
      yield draft(field, `${evidence.redact(line)} turns a development mode on.`);
    }
    for (const { field, words } of commandsOf(evidence)) {
      if (field === 'config.Healthcheck.Test') continue;
      const text = words.join(' ').slice(0, 4096);
      const what = COMMANDS.find(([pattern]) => pattern.test(text))?.[1];
      if (what !== undefined)
        yield draft(field, `${field} starts ${what}: ${JSON.stringify(evidence.redact(text).slice(0, 200))}.`);
    }

    function draft(field: string, message: string): Draft {
      return { key: field, state: 'metadata', message, evidence: [imagePlace(evidence, { field })] };
    }
  },
};
