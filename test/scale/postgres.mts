import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Say } from '../n8n/command.mts';
import { systemPostgres } from '../n8n/systemPackages.mts';
import { startService, type Service } from './service.mts';

export interface Postgres extends Service {
	/** The settings that lead n8n to it. */
	env: NodeJS.ProcessEnv;
}

/** PostgreSQL refuses to run as root: then it is Debian's own user for it. */
function owner() {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}

/** n8n's database: a new PostgreSQL on loopback, with its files in `folder`. */
export async function startPostgres(folder: string, port: number, say: Say): Promise<Postgres> {
	const postgres = await systemPostgres(say);
	const user = owner();
	const home = join(folder, 'postgres');
	const data = join(home, 'data');
	const password = randomUUID();
	const passwordFile = join(home, 'password');
	mkdirSync(home, { mode: 0o700 });
	writeFileSync(passwordFile, password);
	if (user) for (const each of [home, passwordFile]) chownSync(each, user.uid, user.gid);
	execFileSync(
		join(dirname(postgres), 'initdb'),
		['-D', data, '-U', 'n8n', '-E', 'UTF8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
		{ cwd: home, stdio: ['ignore', 'ignore', 'pipe'], ...user },
	);
	const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
	const service = await startService(
		[postgres, '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
		{ port, ready: /ready to accept connections/, cwd: home, user },
	);
	const env = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: `${port}`,
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_PASSWORD: password,
		DB_POSTGRESDB_DATABASE: 'postgres',
	};
	return { ...service, env };
}
