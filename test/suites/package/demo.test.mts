import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

it('The demo runs its examples and says what comes next', async () => {
	const { stdout } = await run('npx', ['tsx', 'test/scripts/demo.mts']);
	expect(stdout.match(/\(examples\/[\w-]+\.json\)/g)).toHaveLength(4);
	expect(stdout).toMatch(/\n3 rows, 4 requests to Teamogy \(3 created, 0 changed\)\n/);
	expect(stdout).toMatch(/\nNext: "npm run n8n" opens the editor/);
});
