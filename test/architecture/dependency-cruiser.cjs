/** Who may import whom. */

const libs = {
  contracts: [],
  domain: ['contracts'],
  client: ['contracts', 'domain'],
  config: [],
  telemetry: ['config'],
  bus: ['contracts', 'config', 'telemetry'],
  database: ['contracts', 'config', 'telemetry'],
  cache: ['contracts', 'config', 'telemetry'],
  health: ['telemetry', 'bus', 'database', 'cache'],
  servers: [],
  service: ['contracts', 'config', 'telemetry', 'bus', 'database', 'health', 'servers'],
};

const libRules = Object.entries(libs).map(([lib, allowed]) => ({
  name: `${lib}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: '\\.(spec|fixture)\\.ts$' },
  to: { path: '^(libs|apps|migrations|test)/', pathNot: [lib, ...allowed].map((name) => `^libs/${name}/`) },
}));

module.exports = {
  forbidden: [
    ...libRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-are-islands',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: ['^apps/(standalone|cli)/', '\\.spec\\.ts$'] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'contracts-are-pure',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/contracts/', '^node_modules/zod/'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(domain|contracts)/'] },
    },
    {
      name: 'client-runs-in-browsers',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: '\\.(spec|fixture)\\.ts$' },
      to: { pathNot: ['^libs/(client|domain|contracts)/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'typeorm-at-the-edge',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/(database|testing)/', '\\.(entity|repository|data-source|spec)\\.ts$'],
      },
      to: { path: '^node_modules/(typeorm|pg)/' },
    },
    {
      name: 'gateway-has-no-database',
      severity: 'error',
      from: { path: '^apps/gateway/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/database/|^node_modules/(typeorm|pg)/' },
    },
    {
      name: 'nats-only-in-bus',
      severity: 'error',
      from: { pathNot: ['^libs/bus/', '^test/bench/micro/'] },
      to: { path: '^node_modules/@nats-io/' },
    },
    {
      name: 'redis-only-in-cache',
      severity: 'error',
      from: { pathNot: '^libs/cache/' },
      to: { path: '^node_modules/(@redis|rate-limiter-flexible)/' },
    },
    {
      name: 'testing-only-in-tests',
      severity: 'error',
      from: { pathNot: ['^libs/testing/', '^test/', '\\.(spec|fixture)\\.ts$'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'migrations-stand-alone',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(apps|libs)/' },
    },
    // The launchers import what the build makes.
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\.\\./)+dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
    },
  },
};
