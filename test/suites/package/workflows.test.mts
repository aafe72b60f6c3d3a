/** What the workflows of GitHub Actions may do, above all who may publish. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
	name?: string;
	uses?: string;
	run?: string;
	with?: Record<string, unknown>;
}
interface Job {
	needs?: string | string[];
	environment?: string | { name: string };
	permissions?: Record<string, string>;
	steps: Step[];
}
interface Workflow {
	on: Record<string, { tags?: string[]; branches?: string[] } | null>;
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
}

const folder = `${process.cwd()}/.github/workflows`;
const texts = readdirSync(folder).map((file): [string, string] => [
	file,
	readFileSync(join(folder, file), 'utf8'),
]);
const workflows = texts.map(([file, text]): [string, Workflow] => [file, parse(text)]);
const jobs = workflows.flatMap(([file, { jobs: all }]) =>
	Object.entries(all).map(([name, job]) => ({ file, name, job })),
);
const uses = (action: string) => (step: Step) => step.uses?.startsWith(`${action}@`);

test.each(texts)('%s: every action is pinned by commit, with its version beside it', (_f, text) => {
	const lines = text.split('\n').filter((line) => /\buses:/.test(line));
	expect(lines.length).toBeGreaterThan(0);
	for (const line of lines) {
		expect(line).toMatch(/^ +- uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
	}
});

test('One version of an action is used everywhere', () => {
	const pins = texts.flatMap(([, text]) => [...text.matchAll(/uses: (\S+)@(\S+ # \S+)/g)]);
	const versions = new Map<string, Set<string>>();
	for (const [, action, pin] of pins)
		versions.set(action, (versions.get(action) ?? new Set()).add(pin));
	expect(versions.size).toBeGreaterThan(1);
	for (const [action, found] of versions) expect([action, found.size]).toEqual([action, 1]);
});

test.each(workflows)('%s: what others send runs without rights', (_file, { on, permissions }) => {
	expect(permissions).toEqual({ contents: 'read' });
	expect(Object.keys(on)).not.toEqual(
		expect.arrayContaining([expect.stringMatching(/pull_request_target|workflow_run|issue/)]),
	);
});

describe('Publishing', () => {
	const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'));
	const [{ file, job }] = writing;
	const { on, jobs: siblings } = workflows.find(([name]) => name === file)![1];
	const tested = siblings[String(job.needs)];

	it('Publishing is the right of one job, and that one has no other right', () => {
		expect(writing.map((one) => [one.file, one.name, one.job.permissions])).toEqual([
			['publish.yml', 'publish', { 'id-token': 'write' }],
		]);
	});

	it('Publishing waits for a reviewer of its environment', () => {
		expect(job.environment).toBe('npm');
	});

	it('Publishing runs nothing of the repository, and installs nothing', () => {
		expect(job.steps.map(({ uses: action, run }) => run ?? action!.replace(/@.*/, ''))).toEqual([
			'actions/setup-node',
			'actions/download-artifact',
			// The token is for the first version alone: npm takes a trusted publisher for a package that exists.
			'registry=$(npm config get registry)\n' +
				'if [ -n "$NPM_TOKEN" ]; then npm config set "${registry#https:}:_authToken" "$NPM_TOKEN"; fi\n' +
				'npm publish --ignore-scripts --provenance --access public ./package/*.tgz\n',
		]);
	});

	it('Publishing takes the tarball that another job packed after its tests', () => {
		const commands = tested.steps.map(({ run = '' }) => run);
		const upload = tested.steps.findIndex(uses('actions/upload-artifact'));
		const pack = commands.findIndex((run) => run.includes('npm pack'));
		expect(commands.indexOf('npm test')).toBeGreaterThan(commands.indexOf('npm ci'));
		expect(pack).toBeGreaterThan(commands.indexOf('npm test'));
		expect(upload).toBeGreaterThan(pack);
		const download = job.steps.find(uses('actions/download-artifact'))!;
		expect(tested.steps[upload].with).toEqual({
			name: download.with!.name,
			path: 'package/*.tgz',
			'if-no-files-found': 'error',
		});
		expect(download.with!.path).toBe('package');
	});

	it('Publishing has no cache that another workflow could have filled', () => {
		const steps = [...tested.steps, ...job.steps];
		expect(steps.filter(uses('actions/cache'))).toEqual([]);
		const setUp = { 'node-version': '24', 'package-manager-cache': false };
		expect(steps.filter(uses('actions/setup-node')).map((step) => step.with)).toEqual([
			setUp,
			setUp,
		]);
	});

	it('Publishing is started by version tags alone', () => {
		expect(on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } });
	});

	describe('The tag', () => {
		const checkout = tested.steps.find(uses('actions/checkout'))!;
		const check = tested.steps.find(({ name }) => name?.startsWith('The tag'))!;
		let repository: string;
		const git = (...given: string[]) =>
			execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...given], {
				cwd: repository,
				encoding: 'utf8',
				stdio: 'pipe',
			}).trim();
		const commit = (version: string) => {
			writeFileSync(join(repository, 'package.json'), JSON.stringify({ version }));
			git('add', '.');
			git('commit', '--quiet', '--message', version);
		};
		/** The step, as GitHub runs it for a tag of the commit that is checked out. */
		const passes = (tag: string) => {
			const env = { ...process.env, GITHUB_SHA: git('rev-parse', 'HEAD'), GITHUB_REF_NAME: tag };
			const options = { cwd: repository, env };
			return spawnSync('bash', ['-e', '-c', check.run!], options).status === 0;
		};

		beforeAll(() => {
			repository = mkdtempSync(join(tmpdir(), 'workflows-'));
			git('init', '--quiet', '--initial-branch', 'main');
			commit('1.1.0');
			commit('1.2.0');
			git('update-ref', 'refs/remotes/origin/main', 'HEAD');
		});
		afterAll(() => rmSync(repository, { recursive: true }));

		it('The tag is compared with the whole history, first of all', () => {
			expect(checkout.with).toEqual({ 'fetch-depth': 0, 'persist-credentials': false });
			expect(tested.steps.indexOf(check)).toBe(1);
		});

		it('A tag on main that names the version of the package is taken, an older one too', () => {
			expect(passes('v1.2.0')).toBe(true);
			git('checkout', '--quiet', 'main~1');
			expect(passes('v1.1.0')).toBe(true);
		});

		it('A tag that names another version is refused', () => {
			git('checkout', '--quiet', 'main');
			expect(passes('v1.1.0')).toBe(false);
		});

		it('A tag on another branch is refused', () => {
			git('checkout', '--quiet', '-b', 'other');
			commit('1.3.0');
			expect(passes('v1.3.0')).toBe(false);
		});
	});
});
