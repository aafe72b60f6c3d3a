import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';
import { engineGlobal, load, loadFrom } from './outsideJest.mts';

/** n8n's engine, as loaded into this process: its two packages and its container of services. */
export interface N8n {
	core: typeof N8nCore;
	workflow: typeof N8nWorkflow;
	container: {
		get: (type: unknown) => unknown;
		set: (type: unknown, value: unknown) => void;
		reset: () => void;
	};
}

type LogSink = (line: string) => void;

const sinks = new Set<LogSink>();
let loaded: N8n | undefined;
let home: string | undefined;
let users = 0;

/**
 * Loads n8n's engine, with its home in a fresh temporary folder and its log going to the listeners only: once per
 * process, and in jest once for each suite, with services of its own. The CommonJS builds are used throughout: an error
 * class must be the same one for the engine and for the nodes.
 */
export function loadN8n(): N8n {
	if (loaded) return loaded;
	home = mkdtempSync(join(tmpdir(), 'n8n-engine-'));
	const { env } = engineGlobal.process;
	Object.assign(env, {
		N8N_USER_FOLDER: home,
		N8N_LOG_LEVEL: 'silent',
		N8N_SSRF_PROTECTION_ENABLED: 'false',
	});
	for (const name of ['NO_PROXY', 'no_proxy']) {
		const hosts = (env[name] ?? '').split(',').filter(Boolean);
		env[name] = [...new Set([...hosts, '127.0.0.1', 'localhost', '::1'])].join(',');
	}
	const core = load('n8n-core') as typeof N8nCore;
	const fromCore = loadFrom(load.resolve('n8n-core'));
	const workflow = fromCore('n8n-workflow') as typeof N8nWorkflow;
	const { Container } = fromCore('@n8n/di') as { Container: N8n['container'] };
	const { Logger } = fromCore('@n8n/backend-common') as { Logger: unknown };
	Container.reset();
	const logger = createLogger();
	Container.set(Logger, logger);
	workflow.LoggerProxy.init(logger as never);
	loaded = { core, workflow, container: Container };
	return loaded;
}

/**
 * Listens to everything logged in this process until the responseed function is called. The last
 * listener to leave removes the temporary home.
 */
export function listenToLog(sink: LogSink): () => void {
	sinks.add(sink);
	users++;
	if (home) mkdirSync(home, { recursive: true });
	let listening = true;
	return () => {
		if (!listening) return;
		listening = false;
		sinks.delete(sink);
		users--;
		if (users === 0 && home) rmSync(home, { recursive: true, force: true });
	};
}

function createLogger(): Record<string, unknown> {
	const write =
		(level: string) =>
		(message: unknown, metadata?: object): void => {
			if (sinks.size === 0) return;
			const line = `${level}: ${String(message)}${metadata ? ` ${printable(metadata)}` : ''}`;
			for (const sink of sinks) sink(line);
		};
	const logger: Record<string, unknown> = { scoped: () => logger };
	for (const level of ['error', 'warn', 'info', 'debug']) logger[level] = write(level);
	return logger;
}

/** Metadata as n8n's logger writes it: errors by name, message, stack and cause, the rest as JSON. */
function printable(metadata: object): string {
	const seen = new Set<unknown>();
	const replace = (_key: string, value: unknown): unknown => {
		if (typeof value === 'bigint') return String(value);
		if (typeof value !== 'object' || value === null) return value;
		if (seen.has(value)) return '[seen]';
		seen.add(value);
		if (!(value instanceof Error)) return value;
		return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
	};
	return JSON.stringify(metadata, replace);
}
