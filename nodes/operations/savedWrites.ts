import type { IExecuteFunctions } from 'n8n-workflow';

import { isTool } from '../n8n/tool';
import type { Output } from './toItems';

/** The writes of one run of the node, by the indexes of the items. */
interface SavedRun {
	runIndex: number;
	writes: Record<string, { target: string; output: Output }>;
}

/**
 * The completed writes of one run of the node, in n8n's context of the node. n8n saves the context with a failed
 * execution. *Retry* in the list of executions loads it, and runs the node again with the same items and the same
 * run index (read in n8n 2.41: `execution.service.js`, `node-helpers.js`). Every other execution starts without it.
 */
export class SavedWrites {
	private readonly run: SavedRun;

	/** @param origin the account: after a change of the credential nothing counts as written */
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly origin: string,
	) {
		const runIndex = context.getWorkflowDataProxy(0).$runIndex as number;
		const saved = this.nodeContext.completedWrites;
		this.run = saved?.runIndex === runIndex ? saved : { runIndex, writes: {} };
	}

	/** Returns the output of the item's write; undefined if none was saved for its resource and operation. */
	get(index: number): Output | undefined {
		const write = this.run.writes[index];
		if (!write) return undefined;
		return write.target === this.readTarget(index) ? write.output : undefined;
	}

	set(index: number, output: Output): void {
		this.run.writes[index] = { target: this.readTarget(index), output };
		this.nodeContext.completedWrites = this.run;
	}

	/** Forgets the writes when the run is complete: they would make the saved execution larger. */
	clear(): void {
		delete this.nodeContext.completedWrites;
	}

	private get nodeContext(): { completedWrites?: SavedRun } {
		// All calls of a tool have the same node and the same index.
		return isTool(this.context) ? {} : this.context.getContext('node');
	}

	private readTarget(index: number): string {
		const { context, origin } = this;
		const names = ['resource', 'operation'].map((name) => context.getNodeParameter(name, index));
		return [origin, ...names].join(' ');
	}
}
