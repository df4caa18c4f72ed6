// The stacks of main.py in TypeScript: the same resources, names and overrides, so that the JSON is the same.
// Run: node dist/main.js SETTINGS_JSON OUTDIR. The settings are Python's, already checked, with every default filled in.
import { readFileSync } from "node:fs";
import {
  App,
  DataTerraformRemoteStateS3,
  S3Backend,
  TerraformElement,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
import { Construct } from "constructs";
import { DataCloudflarePagesProject } from "@cdktf/provider-cloudflare/lib/data-cloudflare-pages-project";
import { DnsRecord } from "@cdktf/provider-cloudflare/lib/dns-record";
import { PagesDomain } from "@cdktf/provider-cloudflare/lib/pages-domain";
import { PagesProject } from "@cdktf/provider-cloudflare/lib/pages-project";
import { CloudflareProvider } from "@cdktf/provider-cloudflare/lib/provider";
import { branch, endpoint, project, provider, role } from "neon";

interface Settings {
  project: { name: string };
  repository: { owner: string; name: string; production_branch: string };
  state: { bucket: string; region: string };
  database: {
    branch: string;
    name: string;
    role: string;
    history_retention_seconds: number;
    autoscaling_limit_max_cu: number;
  };
  website: {
    build_command: string;
    destination_dir: string;
    root_dir: string;
    path_excludes: string[];
    compatibility_date: string;
    variables: Record<string, string>;
  } | null;
  cloudflare: { zone: string } | null;
  environments: Record<string, Environment>;
}

interface Environment {
  adopt_hcl: boolean;
  protected: boolean;
  database: { branch: string; role: string; autoscaling_limit_max_cu: number } | null;
  website: { domain: string } | null;
}

const VERSIONS = { cloudflare: "5.16.0", neon: "0.13.0" };
const DESCRIPTIONS = {
  cloudflare_account_id: "The Cloudflare account's id (32 hexadecimal digits).",
  cloudflare_api_token: "A Cloudflare API token (40 characters). Empty: the provider reads CLOUDFLARE_API_TOKEN.",
  cloudflare_zone_id: "The DNS zone's id (32 hexadecimal digits).",
  neon_api_key: "A Neon API key. Empty: the provider reads NEON_API_KEY.",
  neon_org_id: "The Neon organisation's id (org-…).",
};
type Input = keyof typeof DESCRIPTIONS;

function named<T extends TerraformElement>(element: T, logicalId: string): T {
  element.overrideLogicalId(logicalId);
  return element;
}

function address(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

function adopt(stack: TerraformStack, modules: Record<string, TerraformResource[]>): void {
  const blocks = Object.entries(modules).flatMap(([module, resources]) =>
    resources.map((resource) => ({ from: `${module}.${address(resource)}`, to: address(resource) })),
  );
  if (blocks.length > 0) stack.addOverride("moved", blocks);
}

class Stack extends TerraformStack {
  constructor(scope: Construct, id: string, protected readonly settings: Settings) {
    super(scope, id);
    new S3Backend(this, { ...settings.state, key: this.stateKey(id), encrypt: true });
    this.addOverride("terraform.backend.s3.use_lockfile", true);
    this.addOverride("terraform.required_version", ">= 1.11.0, < 2.0.0");
  }

  protected outputsOf(stack: string): DataTerraformRemoteStateS3 {
    return new DataTerraformRemoteStateS3(this, stack, { ...this.settings.state, key: this.stateKey(stack) });
  }

  protected input(name: Input, defaultValue?: string): TerraformVariable {
    return new TerraformVariable(this, name, {
      type: "string",
      sensitive: true,
      nullable: false,
      description: DESCRIPTIONS[name],
      default: defaultValue,
    });
  }

  protected useCloudflare(): void {
    new CloudflareProvider(this, "cloudflare", { apiToken: this.credential("cloudflare_api_token") });
    this.pin("cloudflare");
  }

  protected useNeon(): void {
    new provider.NeonProvider(this, "neon", { apiKey: this.credential("neon_api_key") });
    this.pin("neon");
  }

  private credential(name: Input): string {
    const variable = this.input(name, "");
    return `\${${variable.fqn} == "" ? null : ${variable.fqn}}`;
  }

  private pin(name: keyof typeof VERSIONS): void {
    this.addOverride(`terraform.required_providers.${name}.version`, VERSIONS[name]);
  }

  private stateKey(stack: string): string {
    return `${this.settings.project.name}/${stack}/terraform.tfstate`;
  }
}

class Website extends Construct {
  readonly project: PagesProject;

  constructor(scope: Construct, id: string, accountId: string, settings: Settings) {
    super(scope, id);
    const { repository, website } = settings;
    if (website === null) throw new Error("no [website] settings");
    const variables = Object.entries(website.variables).map(([key, value]) => [key, { type: "plain_text", value }]);
    this.project = named(
      new PagesProject(this, "project", {
        accountId,
        name: settings.project.name,
        productionBranch: repository.production_branch,
        source: {
          type: "github",
          config: {
            owner: repository.owner,
            repoName: repository.name,
            productionBranch: repository.production_branch,
            prCommentsEnabled: true,
            pathExcludes: website.path_excludes,
            productionDeploymentsEnabled: true,
          },
        },
        buildConfig: {
          buildCommand: website.build_command,
          destinationDir: website.destination_dir,
          rootDir: website.root_dir,
        },
        deploymentConfigs: {
          production: {
            compatibilityDate: website.compatibility_date,
            envVars: variables.length > 0 ? Object.fromEntries(variables) : undefined,
          },
          preview: { compatibilityDate: website.compatibility_date },
        },
        lifecycle: { preventDestroy: true },
      }),
      "web",
    );
  }
}

class WebsiteDomain extends Construct {
  readonly resources: TerraformResource[];

  constructor(
    scope: Construct,
    id: string,
    options: { accountId: string; zoneId: string; zone: string; pagesProject: string; domain: string },
  ) {
    super(scope, id);
    const { accountId, zoneId, zone, pagesProject, domain } = options;
    const site = named(
      new DataCloudflarePagesProject(this, "site", { accountId, projectName: pagesProject }),
      "web",
    );
    const pagesDomain = named(
      new PagesDomain(this, "domain", { accountId, projectName: site.name, name: domain }),
      "custom",
    );
    const record = named(
      new DnsRecord(this, "record", {
        zoneId,
        name: domain === zone ? "@" : domain.slice(0, -zone.length - 1),
        type: "CNAME",
        content: `${site.name}.pages.dev`,
        ttl: 1,
        proxied: true,
      }),
      "web",
    );
    this.resources = [pagesDomain, record];
  }
}

class DatabaseProject extends Construct {
  readonly project: project.Project;

  constructor(scope: Construct, id: string, organisation: string, settings: Settings) {
    super(scope, id);
    const { database } = settings;
    this.project = named(
      new project.Project(this, "project", {
        name: settings.project.name,
        orgId: organisation,
        historyRetentionSeconds: database.history_retention_seconds,
        branch: { name: database.branch, databaseName: database.name, roleName: database.role },
        defaultEndpointSettings: { autoscalingLimitMaxCu: database.autoscaling_limit_max_cu },
        lifecycle: { preventDestroy: true },
      }),
      "main",
    );
  }
}

class DatabaseBranch extends Construct {
  readonly connectionUri: string;
  readonly resources: TerraformResource[];

  constructor(
    scope: Construct,
    id: string,
    options: {
      projectId: string;
      name: string;
      database: string;
      role: string;
      autoscalingLimitMaxCu: number;
      protected: boolean;
    },
  ) {
    super(scope, id);
    const { projectId, autoscalingLimitMaxCu } = options;
    const lifecycle = options.protected ? { preventDestroy: true } : undefined;
    const own = named(new branch.Branch(this, "branch", { projectId, name: options.name, lifecycle }), "this");
    const compute = named(
      new endpoint.Endpoint(this, "endpoint", { projectId, branchId: own.id, autoscalingLimitMaxCu }),
      "this",
    );
    const owner = named(new role.Role(this, "role", { projectId, branchId: own.id, name: options.role }), "this");
    this.connectionUri =
      `postgresql://${owner.name}:${owner.password}@${compute.host}/${options.database}?sslmode=require`;
    this.resources = [own, compute, owner];
  }
}

class ProjectStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, settings);
    this.useNeon();
    const { project } = new DatabaseProject(this, "database", this.input("neon_org_id").stringValue, settings);
    this.output("project_id", project.id);
    this.output("project_connection_uri", project.connectionUri, true);
    this.output("project_connection_uri_pooler", project.connectionUriPooler, true);
    this.output("project_default_branch_id", project.defaultBranchId);
    this.output("project_database_user", project.databaseUser);
    if (settings.website !== null) {
      this.useCloudflare();
      const website = new Website(this, "website", this.input("cloudflare_account_id").stringValue, settings);
      this.output("pages_project_name", website.project.name);
    }
  }

  private output(name: string, value: string, sensitive?: true): void {
    new TerraformOutput(this, name, { value, sensitive });
  }
}

class EnvironmentStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, settings);
    const database = this.database(settings.environments[id]);
    const website = this.website(settings.environments[id]);
    if (settings.environments[id].adopt_hcl) adopt(this, { "module.db": database, "module.web": website });
  }

  private database(environment: Environment): TerraformResource[] {
    if (environment.database === null) return [];
    this.useNeon();
    const database = new DatabaseBranch(this, "database", {
      projectId: this.outputsOf("project").getString("project_id"),
      name: environment.database.branch,
      database: this.settings.database.name,
      role: environment.database.role,
      autoscalingLimitMaxCu: environment.database.autoscaling_limit_max_cu,
      protected: environment.protected,
    });
    new TerraformOutput(this, "database_uri", { value: database.connectionUri, sensitive: true });
    return database.resources;
  }

  private website(environment: Environment): TerraformResource[] {
    if (environment.website === null || this.settings.cloudflare === null) return [];
    this.useCloudflare();
    return new WebsiteDomain(this, "website", {
      accountId: this.input("cloudflare_account_id").stringValue,
      zoneId: this.input("cloudflare_zone_id").stringValue,
      zone: this.settings.cloudflare.zone,
      pagesProject: this.settings.project.name,
      domain: environment.website.domain,
    }).resources;
  }
}

const [settingsFile, outdir] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, "utf8")) as Settings;
const app = new App({ outdir, stackTraces: false });
const shared = new ProjectStack(app, "project", settings);
for (const name of Object.keys(settings.environments)) {
  new EnvironmentStack(app, name, settings).addDependency(shared);
}
app.synth();
