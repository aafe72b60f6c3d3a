import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

export type Task = IDataObject & { fails?: boolean };

/** Another system that workflows call: gives each record a number, fails and waits on demand. */
export class Office {
	url = '';
	/** The tasks that workflows have sent, in order. */
	tasks: Task[] = [];
	/** The highest number of tasks at the same time. */
	maxAtOnce = 0;
	private isHolding = false;
	private waiting: Array<(fails?: boolean) => void> = [];
	private watchers: Array<() => void> = [];
	private readonly server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			const task = JSON.parse(text) as Task;
			this.tasks.push(task);
			const number = `N-${this.tasks.length}`;
			const finish = (fails = Boolean(task.fails)) =>
				response.writeHead(fails ? 500 : 200).end(JSON.stringify({ number }));
			if (this.isHolding) this.waiting.push(finish);
			else finish();
			this.maxAtOnce = Math.max(this.maxAtOnce, this.waiting.length);
			for (const watcher of this.watchers) watcher();
		});
	});

	async open(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** From now on tasks wait for `release`. */
	hold(): void {
		this.isHolding = true;
	}

	/** Resolves when `count` tasks have arrived since the last reset. */
	async waitForTasks(count: number): Promise<void> {
		await new Promise<void>((resolve) => {
			const watcher = () => void (this.tasks.length >= count && resolve());
			this.watchers.push(watcher);
			watcher();
		});
	}

	/** Finishes the task that has waited longest. */
	release(fails?: boolean): void {
		this.waiting.shift()!(fails);
	}

	reset(): void {
		for (const finish of this.waiting) finish();
		[this.tasks, this.waiting, this.watchers] = [[], [], []];
		[this.isHolding, this.maxAtOnce] = [false, 0];
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
