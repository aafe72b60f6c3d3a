/** A real n8n with this package in it, driven the way the editor drives it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import { prepare, type Runtime } from './cache.mts';
import type { Say } from './command.mts';
import { findFreePorts } from './ports.mts';
import { launch, type Attempt, type N8nProcess } from './process.mts';

/** Who owns each n8n under test; it listens on loopback only. */
export const owner = {
	email: 'owner@example.com',
	password: 'Teamogy-1',
	firstName: 'Olivia',
	lastName: 'Owner',
};

export interface Options {
	/** The packed package; without it n8n starts without the nodes, or with those its folder has. */
	tarball?: string;
	env?: NodeJS.ProcessEnv;
	/** Kept when given; else a fresh one that goes away with the instance. */
	userFolder?: string;
	port?: number;
	/** Whether it is kept to loopback, which is so unless told otherwise. */
	confined?: boolean;
	runtime?: Runtime;
	say?: Say;
}

export interface Credential {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface Workflow {
	name: string;
	nodes: Array<{
		name: string;
		type: string;
		parameters?: Record<string, any>;
		credentials?: Record<string, { id?: string | null; name?: string }>;
		[key: string]: any;
	}>;
	connections: Record<string, any>;
	settings?: Record<string, any>;
	[key: string]: any;
}

export interface Execution {
	id: string;
	status: string;
	mode: string;
	/** The run data as the editor has it. */
	data: any;
	/** What a node put out in its last run, output by output, without item linking. */
	output(node: string): Array<Array<Record<string, any>>>;
	/** What stopped it, in words. */
	error?: string;
}

export class RestError extends Error {
	constructor(
		readonly status: number,
		readonly body: any,
		what: string,
	) {
		super(`${what} responded with ${status}: ${JSON.stringify(body)?.slice(0, 2000)}`);
	}
}

const over = (status: string) => !['new', 'running', 'waiting', 'unknown'].includes(status);

export function packageOf(tarball: string) {
	const json = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], {
		encoding: 'utf8',
	});
	return JSON.parse(json) as { name: string; version: string };
}

export class N8n {
	private cookie = '';

	/** What n8n's own installer asked outside while it was at it (and did not get). */
	private installing: Array<[from: number, to: number]> = [];

	readonly url: string;

	readonly browserId = 'n8n-nodes-teamogy-test';

	constructor(
		readonly process: N8nProcess,
		readonly userFolder: string,
		readonly port: number,
		private readonly temporary: boolean,
	) {
		this.url = `http://127.0.0.1:${port}`;
	}

	/** The cookie of the owner's session, for a browser. */
	get session() {
		const [name, value] = this.cookie.split('=');
		return { name, value };
	}

	async ready(milliseconds = 300_000) {
		const until = Date.now() + milliseconds;
		while (Date.now() < until) {
			if (this.process.ended()) break;
			const response = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
			if (response?.ok) return;
			await sleep(100);
		}
		throw new Error(`n8n did not become ready. It said:\n${this.process.output().slice(-4000)}`);
	}

	/** A request of the editor's; gives what the response holds under `data`. */
	async rest<T = any>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.url}${path.startsWith('/') ? path : `/rest/${path}`}`, {
			method,
			headers: {
				'browser-id': this.browserId,
				...(this.cookie ? { cookie: this.cookie } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		let parsed: any = text;
		try {
			parsed = JSON.parse(text);
		} catch {}
		if (!response.ok) throw new RestError(response.status, parsed, `${method} ${path}`);
		const cookie = response.headers.getSetCookie().find((each) => each.startsWith('n8n-auth='));
		if (cookie) this.cookie = cookie.split(';')[0];
		return parsed?.data ?? parsed;
	}

	/** Makes the owner in a new n8n, and is logged in as the owner afterwards. */
	async login() {
		const settings = await this.rest('GET', 'settings');
		if (settings.userManagement?.showSetupOnFirstLoad)
			await this.rest('POST', 'owner/setup', owner);
		await this.rest('POST', 'login', {
			emailOrLdapLoginId: owner.email,
			password: owner.password,
		});
	}

	/** Puts a packed package in through n8n's own installer for community packages. */
	async install(tarball: string) {
		const { name, version } = packageOf(tarball);
		const packages = join(this.userFolder, 'packages');
		mkdirSync(packages, { recursive: true });
		copyFileSync(tarball, join(packages, basename(tarball)));
		const from = Date.now();
		try {
			const installed = await this.installed();
			if (installed.some((each) => each.packageName === name)) {
				await this.rest('DELETE', `community-packages?name=${encodeURIComponent(name)}`);
			}
			return await this.rest('POST', 'community-packages', { name, version, verify: false });
		} finally {
			this.installing.push([from, Date.now()]);
		}
	}

	async installed(): Promise<
		Array<{
			packageName: string;
			installedVersion: string;
			installedNodes: Array<{ name: string; type: string; latestVersion: number }>;
		}>
	> {
		return await this.rest('GET', 'community-packages');
	}

	async importCredential(credential: Credential): Promise<{ id: string; name: string }> {
		const { id, name } = await this.rest('POST', 'credentials', credential);
		return { id, name };
	}

	/** The credential test of the editor's form. */
	async testCredential(id: string): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { name, type, data } = await this.rest('GET', `credentials/${id}?includeData=true`);
		return await this.rest('POST', 'credentials/test', { credentials: { id, name, type, data } });
	}

	/** Imports a workflow; its nodes get the credentials of the right type that are there, as a person would choose. */
	async importWorkflow(workflow: Workflow): Promise<{ id: string; name: string }> {
		const known = await this.rest<Array<{ id: string; name: string; type: string }>>(
			'GET',
			'credentials',
		);
		const nodes = workflow.nodes.map((node) => {
			if (!node.credentials) return node;
			const credentials = Object.entries(node.credentials).map(([type, wanted]) => {
				const fitting = known.filter((each) => each.type === type);
				const found =
					fitting.find((each) => each.id === wanted.id) ??
					fitting.find((each) => each.name === wanted.name) ??
					fitting[0];
				return [type, found ? { id: found.id, name: found.name } : wanted];
			});
			return { ...node, credentials: Object.fromEntries(credentials) };
		});
		const { name, connections, settings = {} } = workflow;
		const saved = await this.rest('POST', 'workflows', { name, nodes, connections, settings });
		return { id: saved.id, name: saved.name };
	}

	/** Runs a workflow from its trigger (or the one named) as the editor's button does, to its end. */
	async run(workflowId: string, options: { trigger?: string; timeout?: number } = {}) {
		const workflow: Workflow = await this.rest('GET', `workflows/${workflowId}`);
		const trigger =
			options.trigger ??
			(
				workflow.nodes.find((node) => node.type === 'n8n-nodes-base.manualTrigger') ??
				workflow.nodes.find((node) => /trigger/i.test(node.type))
			)?.name;
		if (!trigger) throw new Error(`The workflow "${workflow.name}" has no trigger to start from`);
		const { executionId } = await this.rest('POST', `workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: trigger },
		});
		if (!executionId) throw new Error(`"${workflow.name}" waits for its trigger and did not run`);
		return await this.finished(executionId, options.timeout);
	}

	async execution(id: string): Promise<Execution> {
		const { status, mode, data } = await this.rest('GET', `executions/${id}`);
		const tree = typeof data === 'string' ? parse(data) : data;
		const result = tree?.resultData;
		const failure = result?.error;
		return {
			id,
			status,
			mode,
			data: tree,
			output: (node) =>
				(result?.runData?.[node]?.at(-1)?.data?.main ?? []).map((items: any[] | null) =>
					(items ?? []).map((item) => item.json),
				),
			...(failure
				? { error: [failure.message, failure.description].filter(Boolean).join(' – ') }
				: {}),
		};
	}

	async finished(id: string, timeout = 60_000) {
		const until = Date.now() + timeout;
		for (;;) {
			const execution = await this.execution(id);
			if (over(execution.status)) return execution;
			if (Date.now() > until) throw new Error(`Execution ${id} is still ${execution.status}`);
			await sleep(100);
		}
	}

	/** The executions of a workflow, oldest first. */
	async executions(
		workflowId: string,
	): Promise<Array<{ id: string; status: string; mode: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const all: Array<{ id: string; status: string; mode: string }> = [];
		// Newest first, and never more than a hundred at a time.
		for (;;) {
			const before = all.length ? `&lastId=${all.at(-1)!.id}` : '';
			const { results } = await this.rest('GET', `executions?limit=100${before}&filter=${filter}`);
			all.push(...results);
			if (results.length < 100) return all.reverse();
		}
	}

	/**
	 * Publishes the workflow as it was last saved and comes back when its triggers run: n8n responds before they do.
	 * A polling trigger polls at once.
	 */
	async activate(workflowId: string) {
		const { versionId } = await this.rest('GET', `workflows/${workflowId}`);
		await this.rest('POST', `workflows/${workflowId}/activate`, { versionId });
		const { status, triggers } = await this.published(workflowId, 'not_published');
		if (status === 'published') return;
		const why = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
		throw new Error(`The workflow's triggers are ${status}: ${why.join('; ')}`);
	}

	async deactivate(workflowId: string) {
		await this.rest('POST', `workflows/${workflowId}/deactivate`, {});
		await this.published(workflowId, 'published', 'failed', 'partial');
	}

	/** Has a polling trigger poll now. What it remembers stays. */
	async poll(workflowId: string) {
		await this.deactivate(workflowId);
		await this.activate(workflowId);
	}

	/** The state of publication, once it is none of these. */
	private async published(workflowId: string, ...past: string[]) {
		for (const until = Date.now() + 30_000; ; ) {
			const state = await this.rest<{
				status: string;
				triggers: Array<{ errorMessage: string | null }>;
			}>('GET', `workflows/${workflowId}/publication-status`);
			if (![...past, 'in_progress'].includes(state.status)) return state;
			if (Date.now() > until) throw new Error(`Publication of ${workflowId} is ${state.status}`);
			await sleep(50);
		}
	}

	/**
	 * What was tried and refused because it is not loopback. n8n's own installer always asks its registry and its list of
	 * banned packages before it turns to npm: what n8n itself asks while it installs is left out, everything else counts.
	 */
	strayContacts(): Attempt[] {
		const byInstaller = ({ time, script }: Attempt) =>
			/[\\/]n8n[\\/]bin[\\/]n8n$/.test(script) &&
			this.installing.some(([from, to]) => time >= from && time <= to);
		return this.process.attempts().filter((attempt) => !byInstaller(attempt));
	}

	async stop() {
		await this.process.stop();
		if (this.temporary) rmSync(this.userFolder, { recursive: true, force: true });
	}
}

/** Starts n8n with an owner who is logged in and, when given, the package installed. */
export async function startN8n(options: Options = {}): Promise<N8n> {
	const runtime = options.runtime ?? (await prepare({ say: options.say }));
	const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'n8n-nodes-teamogy-'));
	mkdirSync(userFolder, { recursive: true });
	const [free, broker] = await findFreePorts(2);
	const port = options.port ?? free;
	const env = { N8N_PORT: String(port), N8N_RUNNERS_BROKER_PORT: String(broker), ...options.env };
	const child = launch(runtime, userFolder, ['start'], env, options.confined);
	const n8n = new N8n(child, userFolder, port, !options.userFolder);
	try {
		await n8n.ready();
		await n8n.login();
		if (options.tarball) await n8n.install(options.tarball);
		return n8n;
	} catch (error) {
		await child.kill();
		if (!options.userFolder) rmSync(userFolder, { recursive: true, force: true });
		throw error;
	}
}
