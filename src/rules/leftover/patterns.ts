/** Which files builds leave behind, and how their paths tell. The order counts: the first that fits takes a file. */

/** Caches of languages' package managers and of build tools: whose they are, and how to do without. */
export const BUILD_CACHES = {
  yarn: {
    what: 'The cache of yarn',
    fix: 'RUN --mount=type=cache,target=/root/.cache/yarn yarn install --frozen-lockfile, or yarn cache clean in the same RUN.',
  },
  pnpm: {
    what: 'The store of pnpm',
    fix: 'RUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile, or pnpm store prune in the same RUN.',
  },
  bun: {
    what: 'The cache of bun',
    fix: 'RUN --mount=type=cache,target=/root/.bun/install/cache bun install --frozen-lockfile.',
  },
  'node-gyp': {
    what: 'Headers that node-gyp fetched',
    fix: 'Build native modules in a build stage, and COPY --from=build /app/node_modules ./node_modules.',
  },
  python: {
    what: 'Caches of uv, Poetry and Pipenv',
    fix: 'RUN --mount=type=cache,target=/root/.cache uv sync --locked, or UV_NO_CACHE=1, or rm -rf /root/.cache in the same RUN.',
  },
  conda: { what: 'Packages that conda keeps', fix: 'RUN conda install … && conda clean --all --yes, in the same RUN.' },
  go: {
    what: 'Modules and build results of Go',
    fix: 'Build in a stage of its own with RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build …, and copy the program.',
  },
  cargo: {
    what: 'Crates that cargo fetched',
    fix: 'Build in a stage of its own with RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release, and copy the program.',
  },
  maven: {
    what: 'The local repository of Maven',
    fix: 'Build in a stage of its own with RUN --mount=type=cache,target=/root/.m2 mvn package, and copy the jar.',
  },
  gradle: {
    what: 'Caches of Gradle',
    fix: 'Build in a stage of its own with RUN --mount=type=cache,target=/root/.gradle gradle build, and copy the jar.',
  },
  scala: { what: 'Caches of sbt, Ivy and Coursier', fix: 'Build in a stage of its own, and copy the jar.' },
  composer: {
    what: 'The cache of Composer',
    fix: 'RUN --mount=type=cache,target=/root/.composer/cache composer install --no-dev, or COMPOSER_CACHE_DIR=/dev/null.',
  },
  gem: {
    what: 'Archives of gems that are installed',
    fix: 'RUN bundle install && rm -rf "$(bundle show --paths | head -n 1)/../../cache", or gem install --no-document … with a cache mount.',
  },
  nuget: {
    what: 'Packages that NuGet fetched',
    fix: 'Build in a stage of its own with RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish, and copy what it publishes.',
  },
  ccache: { what: 'The cache of ccache or sccache', fix: 'RUN --mount=type=cache,target=/root/.cache/ccache make.' },
  bazel: { what: 'The cache of Bazel', fix: 'Build in a stage of its own, and copy what bazel-bin holds.' },
  dart: { what: 'The cache of Dart', fix: 'Build in a stage of its own (dart compile exe), and copy the program.' },
  beam: { what: 'Caches of Hex and rebar3', fix: 'Build a release in a stage of its own (mix release), and copy it.' },
  haskell: { what: 'Packages of Cabal and Stack', fix: 'Build in a stage of its own, and copy the program.' },
  conan: { what: 'The cache of Conan', fix: 'Build in a stage of its own, and copy the program.' },
  brew: { what: 'Downloads of Homebrew', fix: 'RUN brew install … && brew cleanup -s, in the same RUN.' },
  project: {
    what: 'Caches of bundlers, linters and test runners',
    fix: 'Put them into .dockerignore, and build in a stage of its own: COPY --from=build /app/dist ./dist.',
  },
} as const satisfies Record<string, { readonly what: string; readonly fix: string }>;

/** Name of a kind of cache. */
export type BuildCache = keyof typeof BUILD_CACHES;

/** Name of a kind of files. */
export type LeftFilesKind =
  | BuildCache
  | 'apt'
  | 'apk'
  | 'rpm'
  | 'pacman'
  | 'pip'
  | 'npm'
  | 'tests'
  | 'coverage'
  | 'documentation'
  | 'locales'
  | 'bytecode'
  | 'source-maps'
  | 'package-source-maps'
  | 'headers'
  | 'static-libraries'
  | 'editor'
  | 'build-files'
  | 'logs'
  | 'temporary'
  | 'subversion'
  | 'mercurial'
  | 'bazaar'
  | 'cvs';

/** How files of a kind are told. */
export interface LeftFilesPattern {
  readonly kind: LeftFilesKind;
  /** Tested on the folder's path, without a slash in front and with one behind; the root is `/`. */
  readonly folders?: RegExp;
  /** Whether files in {@link IN_PACKAGE} are none. */
  readonly own?: true;
  /** What the name has to look like, too. */
  readonly names?: RegExp;
  readonly exceptNames?: RegExp;
}

/** Folders whose content others wrote and packed: whoever builds the image does not choose what is in there. */
export const IN_PACKAGE =
  /^usr\/(?!local\/|src\/)|^(?:opt|snap)\/(?:conda|miniconda|java|jdk)|^usr\/local\/(?:lib|share|go|include)\/|(?:^|\/)(?:node_modules|bower_components|site-packages|dist-packages|gems|bundle|vendor|\.pnpm|\.yarn|\.cargo|\.rustup|\.nvm|\.rbenv|\.pyenv)\//;
/** All kinds. */
export const LEFT_FILES: readonly LeftFilesPattern[] = [
  { kind: 'apt', folders: /^var\/(?:lib\/apt\/lists|cache\/apt)\//, exceptNames: /^lock$/ },
  { kind: 'apk', folders: /^(?:var\/cache|etc)\/apk\/(?:cache\/)?$/, names: /\.(?:apk|tar\.gz)$/ },
  { kind: 'rpm', folders: /^var\/cache\/(?:yum|dnf|libdnf5|zypp|tdnf|PackageKit|urpmi)\// },
  { kind: 'pacman', folders: /^var\/(?:cache\/pacman\/pkg|lib\/pacman\/sync)\// },
  { kind: 'pip', folders: /(?:^|\/)\.cache\/pip\// },
  { kind: 'npm', folders: /(?:^|\/)\.npm\/_cacache\// },
  { kind: 'yarn', folders: /(?:^|\/)(?:\.cache\/yarn|\.yarn\/berry\/cache|\.yarn-cache)\// },
  { kind: 'pnpm', folders: /(?:^|\/)(?:\.pnpm-store|pnpm\/store|\.cache\/pnpm)\// },
  { kind: 'bun', folders: /(?:^|\/)\.bun\/install\/cache\// },
  { kind: 'node-gyp', folders: /(?:^|\/)(?:\.cache\/node-gyp|\.node-gyp)\// },
  { kind: 'python', folders: /(?:^|\/)\.cache\/(?:uv|pypoetry|pipenv|pdm|pre-commit)\// },
  { kind: 'conda', folders: /(?:^|\/)(?:(?:mini|ana)?conda\d?|miniforge\d?|mambaforge|micromamba)\/pkgs\// },
  { kind: 'go', folders: /(?:^|\/)(?:go\/pkg\/mod|\.cache\/go-build)\// },
  { kind: 'cargo', folders: /(?:^|\/)\.?cargo\/(?:registry|git)\// },
  { kind: 'maven', folders: /(?:^|\/)\.m2\/(?:repository|wrapper)\// },
  { kind: 'gradle', folders: /(?:^|\/)\.gradle\/(?:caches|wrapper|daemon|native|jdks)\// },
  { kind: 'scala', folders: /(?:^|\/)(?:\.ivy2\/cache|\.sbt\/boot|\.cache\/coursier)\// },
  { kind: 'composer', folders: /(?:^|\/)(?:\.composer\/cache|\.cache\/composer)\// },
  {
    kind: 'gem',
    folders: /(?:^|\/)(?:gems\/\d[^/]*|bundle(?:\/ruby\/[^/]+)?|\.bundle|vendor)\/cache\/$/,
    names: /\.gem$/,
  },
  { kind: 'nuget', folders: /(?:^|\/)(?:\.nuget\/packages|\.local\/share\/NuGet\/(?:v3|http)-cache)\// },
  { kind: 'ccache', folders: /(?:^|\/)(?:\.ccache|\.cache\/s?ccache)\// },
  { kind: 'bazel', folders: /(?:^|\/)\.cache\/bazel(?:isk)?\// },
  { kind: 'dart', folders: /(?:^|\/)\.pub-cache\// },
  { kind: 'beam', folders: /(?:^|\/)(?:\.hex\/packages|\.cache\/rebar3)\// },
  { kind: 'haskell', folders: /(?:^|\/)(?:\.cabal\/packages|\.stack\/(?:pantry|programs|snapshots))\// },
  { kind: 'conan', folders: /(?:^|\/)(?:\.conan\/data|\.conan2\/p)\// },
  { kind: 'brew', folders: /(?:^|\/)\.cache\/Homebrew\// },
  {
    kind: 'project',
    folders:
      /(?:^|\/)(?:\.(?:mypy|pytest|ruff)_cache|\.tox|\.nox|\.parcel-cache|\.turbo|\.nyc_output|\.angular\/cache|\.next\/cache|\.nuxt\/cache|\.svelte-kit\/cache|node_modules\/\.cache)\//,
  },
  { kind: 'subversion', folders: /(?:^|\/)\.svn\// },
  { kind: 'mercurial', folders: /(?:^|\/)\.hg\// },
  { kind: 'bazaar', folders: /(?:^|\/)\.bzr\// },
  { kind: 'cvs', folders: /(?:^|\/)CVS\/$/, names: /^(?:Root|Entries|Repository)$/ },
  // Licences ask for the copyright notices to stay.
  {
    kind: 'documentation',
    folders: /^usr\/(?:local\/)?share\/(?:doc|man|info|gtk-doc|help|doc-base)\//,
    exceptNames: /^(?:copyright|LICEN[CS]E|COPYING|NOTICE)/i,
  },
  { kind: 'locales', folders: /^usr\/(?:local\/)?(?:share\/(?:locale|i18n)|lib\/locale)\// },
  { kind: 'bytecode', folders: /(?:^|\/)__pycache__\/$/, names: /\.pyc$/ },
  { kind: 'source-maps', own: true, names: /\.(?:[cm]?js|css)\.map$/ },
  { kind: 'package-source-maps', folders: /(?:^|\/)node_modules\//, names: /\.(?:[cm]?[jt]s|css)\.map$/ },
  {
    kind: 'coverage',
    own: true,
    names:
      /^(?:\.coverage(?:\.[^/]+)?|lcov\.info|coverage(?:-final)?\.(?:json|xml)|clover\.xml|cobertura[^/]*\.xml|jacoco\.exec|[^/]+\.gc(?:da|no))$/,
  },
  {
    kind: 'editor',
    folders: /(?:^|\/)(?:\.vscode|\.idea|\.vs|\.history|\.settings|\.fleet|\.zed)\//,
  },
  {
    kind: 'editor',
    own: true,
    names:
      /^(?:\.[^/]+\.sw[nop]|\.DS_Store|Thumbs\.db|desktop\.ini|\.#[^/]+|#[^/]+#|[^/]+~|[^/]+\.(?:bak|orig|rej|sublime-(?:project|workspace)))$/,
  },
  { kind: 'build-files', folders: /(?:^|\/)\.(?:github|gitlab|circleci|buildkite|husky|devcontainer)\// },
  {
    kind: 'build-files',
    own: true,
    names:
      /^(?:(?:Docker|Container)file(?:[.-][^/]+)?|[^/]+\.[Dd]ockerfile|(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml|\.(?:docker|container|git|helm)ignore|\.git(?:attributes|modules)|\.gitlab-ci\.ya?ml|\.travis\.yml|\.drone\.ya?ml|\.pre-commit-config\.yaml|(?:azure|bitbucket)-pipelines\.ya?ml|appveyor\.yml|cloudbuild\.ya?ml|skaffold\.ya?ml|Jenkinsfile|Tiltfile|Vagrantfile|Earthfile)$/,
  },
  { kind: 'logs', folders: /^var\/log\/|(?:^|\/)\.npm\/_logs\// },
  { kind: 'temporary', folders: /^(?:var\/)?tmp\/|^dev\/shm\// },
  { kind: 'logs', own: true, names: /^(?:[^/]+\.log(?:\.\d+)?(?:\.[gx]z)?|npm-debug\.log[^/]*)$/ },
  { kind: 'headers', folders: /(?:^|\/)include\//, names: /\.(?:h|hh|hpp|hxx|inl|tcc)$/ },
  { kind: 'static-libraries', folders: /(?:^|\/)lib(?:32|64)?\//, names: /\.(?:a|la|lo|o)$/ },
  {
    kind: 'tests',
    folders: /(?:^|\/)(?:tests?|__tests__|__mocks__|__snapshots__|specs?|testdata|e2e|fixtures)\//,
  },
  { kind: 'tests', names: /\.(?:test|spec)\.[cm]?[jt]sx?(?:\.snap)?$|_test\.(?:go|py|rb)$|^test_[^/]+\.py$/ },
];
