/** The words that tell something in attached code and in the editor's messages; see `lexicon.ts`. */
import type { Lean, WordGroup } from "./lexicon.ts";

const NONE: Lean = [0, 0, 0];

/** Words of the attached code: a deep subject shows there when the instruction is empty. */
export const CODE_WORDS: Readonly<Record<string, WordGroup>> = {
  codeConcurrency: {
    says: "concurrent code (“{}”)",
    lean: [-0.3, 0, 0.4],
    words: `mutex*, lock, locks, unlock*, rwlock*, semaphore*, atomic*, volatile, synchronized, goroutine*, chan, waitgroup, thread*, spawn, executor*, completablefuture, dispatchqueue, actor,
      sendable, continuation*, condvar, condition_variable, memory_order*, compare_exchange*, compareandset, fetch_add, relaxed, acquire, release, barrier, for update, serializable, advisory lock,
      synchronise*, reentrantlock, notify all, notifyall, channel*, race*, deadlock*`,
  },
  codeAsync: {
    says: "asynchronous code (“{}”)",
    lean: NONE,
    words: `async, await, promise*, future*, settimeout, callback*, coroutine*, suspend, launch, flow, observable*, subscribe*, asyncio, tokio, task, tasks, useeffect`,
  },
  codeSecurity: {
    says: "security-sensitive code (“{}”)",
    lean: [-0.3, 0, 0.4],
    words: `password*, passwd, secret*, token*, jwt, crypto*, cipher*, hmac, sha1, sha256, md5, aes, rsa, innerhtml, dangerouslysetinnerhtml, pickle, unserialize, deserialize*,
      readobject, cookie*, csrf, cors, oauth*, sudo, chmod, permission*, policy, iam, privileged, hostpath, signature`,
  },
  codeMemory: {
    says: "manual memory (“{}”)",
    lean: [-0.3, 0.1, 0.3],
    words: `malloc, calloc, realloc, memcpy, memmove, unsafe, transmute, maybeuninit, unique_ptr, shared_ptr, weak_ptr, delete, placement, sizeof, alloc*, unmanaged, unowned, raw pointer, as_ptr, mmap, volatile, phantomdata, pin`,
  },
  codeDeepTypes: {
    says: "intricate types (“{}”)",
    lean: [-0.2, 0.1, 0.3],
    words: `infer, keyof, extends infer, impl trait, dyn, phantomdata, typename, template, concept, requires, decltype, constexpr, sfinae, forall, covariant, functor, monad, macro_rules, proc_macro, reified, metaclass`,
  },
  codeData: {
    says: "queries and joins (“{}”)",
    lean: [-0.2, 0.3, 0.1],
    words: `join, left join, group by, over, partition by, with recursive, having, exists, cte, row_number, lateral, transaction, rollback, isolation, create index, alter table, groupby, pivot, explain analyze`,
  },
  codeSystems: {
    says: "systems code (“{}”)",
    lean: [-0.2, 0, 0.3],
    words: `epoll, ioctl, socket, syscall, interrupt*, dma, register*, simd, _mm*, bitmap, ring buffer, ringbuffer, allocator, hash table, b-tree, btree, skiplist, bloom, trie, heap, scheduler, parser, lexer, tokenizer, bytecode, opcode, checkpoint, wal, fsync, replication, raft, quorum, epoch, lease, ledger, consensus, sequence, snapshot, idempoten*, retry, backoff`,
  },
  codeTodo: {
    says: "a TODO in view",
    lean: NONE,
    words: "todo*, fixme, hack, xxx",
  },
};

/** Words of the editor's messages in range. */
export const DIAGNOSTIC_WORDS: Readonly<Record<string, WordGroup>> = {
  plainError: {
    says: "an error with a plain cause (“{}”)",
    lean: [1.2, 0, -0.8],
    words: `expected, unexpected token, unexpected end, syntax error, parse error, unused, never used, not used, not accessed, imported but unused, imported and not used, cannot find name, not defined, undefined name,
      undefined variable, undeclared, unresolved reference, cannot be resolved, cannot find symbol, did you mean, no member named, no template named, not closed, unterminated, unclosed, missing semicolon, missing,
      should have comment, documentation comment, bad indentation, indentation*, quote, globbing, no-var, prefer-const, let or const, never mutated, never reassigned, unreachable, deprecated, format specifies, trailing, typo,
      does not exist on type, non-null asserted, todo`,
  },
  typeError: {
    says: "type errors (“{}”)",
    lean: [-0.4, 0.7, 0],
    words: `not assignable, incompatible type*, mismatched types, type mismatch, no overload, cannot borrow, borrowed, moved value, possibly null, possibly undefined, null reference, union-attr, complexity, nullable, unsuitable, unsupported attribute,
      group by, settingwithcopy*, unwrap*, nested, cycle, hook, exhaustive-deps, owning-memory`,
  },
  deepError: {
    says: "an error with a deep cause (“{}”)",
    lean: [-1, 0, 1.3],
    words: `data race*, race, deadlock*, threadsanitizer, addresssanitizer, undefined behavior, live long enough, lifetime*, between threads, send, sendable, concurrency-safe, not general enough, excessively deep, possibly infinite, leaked, leak,
      misuse, use after free, heap-buffer-overflow, segmentation fault, out of memory, unsound, higher-ranked, cyclic, recursion limit, overflow evaluating, constraint, atomic*, isolated, isolation`,
  },
};
