/** Keys and passwords in the settings of frameworks and of well-known images. */
import { doubtPassword, isWritten } from './password-checks.ts';
import type { PatternToken, Provider } from './provider.ts';
import { isMixed } from './value-checks.ts';

const FORGES = 'make sessions and signed values of its own, and so be any of its users';

const PASSWORD: Pick<PatternToken, 'doubt' | 'redact'> = { doubt: doubtPassword, redact: () => '****' };

export const SETTING_PROVIDERS: readonly Provider[] = [
  {
    id: 'wordpress-database-password',
    title: 'Database password of WordPress',
    gives: 'log in to the site’s database',
    revoke: 'Change the password',
    reference: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: 'DB_PASSWORD' }],
        before: 24,
        after: 160,
        pattern: /define\(\s{0,4}["']DB_PASSWORD["']\s{0,4},\s{0,4}["']([^"'\n]{3,128})["']/g,
        accepts: (password) => isWritten(password) && !/_here$/.test(password),
      },
    ],
  },
  {
    id: 'wordpress-salt',
    title: 'Key or salt of WordPress',
    gives: 'make login cookies of its own, and so be any of its users',
    revoke: 'Put new ones into wp-config.php: api.wordpress.org/secret-key/1.1/salt/',
    reference: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/',
    severity: 'high',
    formats: [
      {
        literals: ["'AUTH_KEY'", "'SECURE_AUTH_KEY'", "'LOGGED_IN_KEY'", "'NONCE_KEY'", "_SALT'"].map((text) => ({
          text,
        })),
        before: 40,
        after: 160,
        pattern: /define\(\s{0,4}'(?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)'\s{0,4},\s{0,8}'([^'\n]{32,128})'/g,
        accepts: (salt) => /\d/.test(salt) && /[^\w\s]/.test(salt),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'rails-secret-key',
    title: 'Secret key of a Rails application',
    gives: `${FORGES}; with the master key, read the application’s credentials`,
    revoke: 'Make a new one: bin/rails secret, or bin/rails credentials:edit after deleting the master key',
    reference: 'https://guides.rubyonrails.org/security.html#custom-credentials',
    formats: [
      {
        names: ['secret_key_base'],
        literals: ['secret_key_base'],
        value: ['hex', 64, 256],
        accepts: isMixed,
      },
      {
        names: ['rails_master_key'],
        literals: ['rails_master_key'],
        value: ['hex', 32],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'django-secret-key',
    title: 'Secret key of a Django application',
    gives: FORGES,
    revoke: 'Make a new one: get_random_secret_key() of django.core.management.utils',
    reference: 'https://docs.djangoproject.com/en/stable/ref/settings/#secret-key',
    formats: [
      {
        literals: [{ text: 'SECRET_KEY' }],
        before: 0,
        after: 128,
        pattern: /SECRET_KEY["']?\]?\s{0,4}[=:,]\s{0,4}["']([^\s"'\\]{40,100})["']/g,
        // What startproject makes has fifty characters of some thirty kinds; people make them up as they like.
        accepts: (key) => /[0-9]/.test(key) && /[!@#$%^&*(=+)]/.test(key) && new Set(key).size >= 20,
        redact: () => '****',
      },
      {
        literals: [{ text: 'django-insecure-' }],
        before: 1,
        after: 80,
        pattern: /django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}(?![a-z0-9])/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'laravel-app-key',
    title: 'Application key of Laravel',
    gives: `${FORGES}, and read what the application encrypted`,
    revoke: 'Make a new one: php artisan key:generate',
    reference: 'https://laravel.com/docs/encryption',
    formats: [
      {
        literals: [{ text: 'APP_KEY' }],
        before: 0,
        after: 96,
        pattern: /APP_KEY["']?\]?\s{0,4}(?:=>|[=:,])\s{0,4}["']?(base64:[A-Za-z0-9+/]{42,44}={0,2})(?![A-Za-z0-9+/=])/g,
        accepts: isMixed,
        redact: () => 'base64:****',
      },
    ],
  },
  {
    id: 'jwt-signing-secret',
    title: 'Signing secret of web tokens',
    gives: 'make tokens of its own, and so be any of the application’s users',
    revoke: 'Replace it: all tokens that were signed with it become invalid',
    reference: 'https://datatracker.ietf.org/doc/html/rfc8725',
    confidence: 'medium',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: 'jwt:', ignoreCase: true }],
        before: 0,
        after: 200,
        pattern: /jwt:\s{1,16}secret:[ \t]{1,4}["']([^"'\s]{8,128})["']/gi,
        accepts: isWritten,
      },
      {
        // Between quotes it may have any sign in it.
        ...PASSWORD,
        literals: ['jwt_secret', 'jwtsecret', 'jwt-secret', 'jwt.secret'].map((text) => ({ text, ignoreCase: true })),
        before: 0,
        after: 200,
        pattern:
          /jwt[_.-]?secret(?:[_.-]?key)?["']?\]?[ \t]{0,4}(?:=>|[=:])[ \t]{0,4}(?:"(?=[^"\n]{16,128}")|'(?=[^'\n]{16,128}'))((?<=")[^"\n]{16,128}|(?<=')[^'\n]{16,128})/gi,
        accepts: (secret) => isWritten(secret) && isMixed(secret) && /[^\w\s]/.test(secret),
      },
      {
        ...PASSWORD,
        literals: ['jwt_secret', 'jwtsecret', 'jwt-secret', 'jwt.secret'].map((text) => ({ text, ignoreCase: true })),
        before: 0,
        after: 200,
        pattern:
          /jwt[_.-]?secret(?:[_.-]?key)?["']?\]?[ \t]{0,4}(?:=>|[=:])[ \t]{0,4}["']?([^\s"'`,;(){}<>$]{8,128})(?=["'\s]|$)/gi,
        // Without quotes it may be the name of something else.
        accepts: (secret, [whole]) =>
          isWritten(secret) && (/["']$/.test(whole.slice(0, -secret.length)) || isMixed(secret)),
      },
    ],
  },
  {
    id: 'ansible-vault',
    title: 'Ansible vault',
    gives: 'try passwords without being seen, and with the right one read what is in it',
    revoke: 'Change what is in it where its password could be guessed or stands near',
    reference: 'https://docs.ansible.com/ansible/latest/vault_guide/index.html',
    severity: 'low',
    formats: [
      {
        literals: [{ text: '$ANSIBLE_VAULT;1.' }],
        before: 0,
        after: 16 * 1024,
        pattern: /\$ANSIBLE_VAULT;1\.[12];AES256(?:;[\w.-]{1,64})?\s{1,40}([0-9a-f\s]{100,14000})/g,
        redact: () => '****',
      },
    ],
  },
];
