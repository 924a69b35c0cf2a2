/**
 * The words the embedded router knows, by what they tell. Written by hand from how developers speak; the weights are
 * trained. `lean` is what a group is expected to mean before any data is seen (log-odds for EASY, MEDIUM, HARD, read
 * off the definitions of the three labels): training starts there, and is pulled back there where rows are few.
 * Accents do not matter (`fold`), `*` ends a beginning, Vietnamese stands without its marks.
 */
import type { Task } from "../request.ts";

/** Log-odds for EASY, MEDIUM, HARD that a group starts from. */
export type Lean = readonly [easy: number, medium: number, hard: number];

export interface WordGroup {
  /** The reason as a person reads it; `{}` stands for the word found. */
  says: string;
  lean: Lean;
  /** The task that these words ask for. */
  task?: Task;
  words: string;
}

const NONE: Lean = [0, 0, 0];
const MEDIUM: Lean = [-0.3, 0.8, 0];
const HARD: Lean = [-2, 0, 1.3];

/** Words of the instruction: what the user typed, pasted material left out. */
export const PROMPT_WORDS: Readonly<Record<string, WordGroup>> = {
  askExplain: {
    says: "asks to explain",
    task: "explain",
    lean: [0.3, 0.2, 0],
    words: `explain*, walk me through, understand, describe, explica*, explique*, explicar, expliqu*, erklar*, 解释, 说明, 讲解, 説明, giai thich,
      설명, объясни*, spiega*, اشرح, إشرح`,
  },
  asksMeaning: {
    says: "asks what something means",
    task: "question",
    lean: [0.5, 0.1, 0],
    words: `what does, what do, what is, what are, what's, whats, meaning of, mean, means, que hace, que significa, que es, para que sirve, o que faz,
      o que e, o que significa, a quoi sert, que veut dire, que fait, c'est quoi, qu'est-ce, was macht, was bedeutet, was ist, wozu, 什么意思, 干什么, 做什么,
      是什么, とは, 意味, 教えて, nghia la gi, la gi, lam gi, tac dung, 무슨 뜻, что делает, что такое, cosa fa, ما معنى`,
  },
  askHowItWorks: {
    says: "wants to know how the parts work together",
    task: "explain",
    lean: [-0.6, 0.8, 0],
    words: `step by step, how does this work, how do these, how do they, work together, play together, interact*, flow, life cycle,
      lifecycle, control flow, paso a paso, schritt fur schritt, etape par etape, passo a passo, pas a pas, tung buoc, 一步一步, 逐步,
      ステップ, 流れ, in detail, en detalle, im detail, en detail, summar*, tldr, tl;dr, overview, resume, resumen, resumo,
      zusammenfass*, uberblick, tom tat, 总结, 概括, 要約, まとめ`,
  },
  askRefactor: {
    says: "asks for a refactor",
    task: "refactor",
    lean: [-0.3, 0.4, 0.2],
    words: `refactor*, clean up, cleanup, clean this up, cleaner, restructure*, reorganis*, reorganiz*, extract*, split*, simplify,
      decouple, dedupe, deduplicate, dry, rewrite*, modernis*, modernize*, untangle, pattern, refactoris*, refatora*, reescri*, umbau*,
      aufraum*, vereinfach*, nettoy*, restructur*, 重构, 重写, 整理, 拆分, 优化一下, リファクタ*, 書き直*, 分割, tai cau truc, viet lai, tach,
      리팩터*, 리팩토*, рефактор*, перепиши*, limpia*, mas limpio`,
  },
  askRename: {
    says: "asks for a name",
    task: "edit",
    lean: [1.6, 0, -0.8],
    words: `rename*, renaming, better name, better names, good name, names for, name for, naming, call it, renombra*, renomear, renomeie, renomm*,
      umbenenn*, besserer name, bessere namen, doi ten, dat ten, 重命名, 改名, 命名, 取名, 名前, リネーム, 変数名, 이름, переимен*`,
  },
  askEdit: {
    says: "asks for a small edit",
    task: "edit",
    lean: [0.9, 0, -0.5],
    words: `typo*, one-char, one char, spelling, grammar, semicolon, indent*, whitespace, trailing, comment out, uncomment, capitali*,
      reorder, sort these, sort this, remove the, delete the, drop the, add a comma, quotes, tippfehler, rechtschreib*, errata, fautes,
      faute de frappe, orthograph*, erro de digitacao, loi chinh ta, chinh ta, 拼写, 错别字, 缩进, 空格, 誤字, タイポ, インデント, опечат*,
      change this to, change it to, set it to, should be`,
  },
  askConvert: {
    says: "asks for a conversion",
    task: "edit",
    lean: [0.9, 0, -0.5],
    words: `convert*, format*, reformat*, to json, to yaml, to csv, to toml, to env, to hex, as json, as yaml, as csv, camelcase, camel case,
      snake_case, snake case, kebab-case, kebab case, uppercase, lowercase, one-liner, one liner, oneliner, single line, valid json,
      pretty print, in list, konvertier*, umwandeln, formatier*, convierte*, pasame, pasar a, formato, converti*, transforme en,
      converta*, chuyen thanh, chuyen sang, dinh dang, 转成, 转换, 转为, 格式化, 改成一行, 変換, 整形, 一行で, 변환`,
  },
  askFix: {
    says: "asks for a fix",
    task: "debug",
    lean: NONE,
    words: `fix, fixes, fixing, bug*, broken, breaks, doesn't work, doesnt work, not working, does not work, fails, failing, failed, error*, crash*,
      exception*, wrong, warning*, stuck, npe, debug, corrige*, corregir, arregl*, falla, fehler*, repar*, behebe*, geht nicht,
      funktioniert nicht, erreur*, plante, ne marche pas, corrig*, conserta*, erro*, nao funciona, no funciona, quebr*, sua loi, loi,
      bi loi, khong chay, 修复, 修正, 报错, 错误, 出错, 不工作, 崩溃, 直して, バグ, エラー, 動かな*, 落ちる, 고쳐, 오류, 에러, исправ*, ошибк*, 异常`,
  },
  askTests: {
    says: "asks for tests",
    task: "tests",
    lean: [-0.5, 0.9, 0],
    words: `unit test*, tests for, write tests, write a test, add tests, test case*, test cases, tests, pytest, junit, jest, vitest, rspec,
      xunit, mockito, coverage, edge cases, teste*, testes, prueba*, tests unitaires, testfall*, unittests, kiem thu, viet test, 单元测试,
      测试用例, 写测试, 测试, テスト, 테스트, тест*`,
  },
  askDocs: {
    says: "asks for documentation",
    task: "docs",
    lean: [0.5, 0.2, -0.3],
    words: `docstring*, jsdoc, kdoc, javadoc, doxygen, tsdoc, phpdoc, doc comment*, document this, document the, document what, documentation,
      readme, changelog, dokumentier*, documenta*, documente*, commentaire*, comentario*, kommentier*, ghi chu, viet tai lieu, 写注释, 注释, 文档,
      ドキュメント, コメント, 문서, docs for, comment for`,
  },
  askReview: {
    says: "asks for a review",
    task: "review",
    lean: [-0.6, 0.1, 0.7],
    words: `review*, audit, audits, auditing, look over, code review, anything wrong with, what's wrong with this, any issues, critique, feedback on, ueberpruf*,
      uberpruf*, revisa*, revise*, relis*, verifique, auditoria, ra soat, danh gia, danh gia giup, 审查, 评审, 审计, 检查一下, レビュー, 監査, 리뷰,
      is this safe, is it safe, is this correct, проверь`,
  },
  askGenerate: {
    says: "asks for new code",
    task: "generate",
    lean: [-0.5, 0.9, 0],
    words: `write a, write an, write me, create*, generate*, implement*, need a, need an, build a, add a, add an, scaffold*, boilerplate, script that,
      function that, component, endpoint, middleware, workflow, dockerfile, makefile, small cli, cli that, escribe*, crea, crear, genera*,
      implementa*, necesito un*, schreib*, erstell*, brauche ein*, implementier*, ecri*, cree*, genere*, j'ai besoin d'un*, escrev*, cri*,
      preciso de um*, gere, viet ham, viet mot, viet cho, viet component, tao, hien thuc, 写一个, 写个, 实现, 生成, 创建, 编写, 帮我写, 作って, 作成, 書いて,
      実装, 生成, 만들어, 작성, 구현, напиши*, создай*, реализ*, scrivi*`,
  },
  askDesign: {
    says: "asks for a design",
    task: "design",
    lean: [-1, -0.3, 1.3],
    words: `design a, design an, design the, design us, architect*, how should we, how would you, how do we, what's the best way, propose*, proposal,
      strategy for, approach, rollout, roadmap, trade-off*, tradeoff*, schema for, data model, plan for, a plan, plan the, evolve, diseñ*, disena*,
      arquitectura, como deberiamos, propon*, entwirf*, entwurf, entwerf*, architektur, wie sollten wir, wie stellen wir, vorschlag, konzept,
      concevoir, concoi*, conception, comment devrions, proposez, propose, projete, arquitetura, como devemos, proponha, thiet ke, kien truc, de xuat,
      phuong an, 设计, 架构, 方案, 规划, 設計, アーキテクチャ, 提案, 方針, 構成, 설계, 아키텍처, спроектир*, архитектур*, progetta*`,
  },
  askClassify: {
    says: "asks for a classification",
    task: "classify",
    lean: [1.8, -0.3, -0.8],
    words: `classify, categori*, which category, what category, commit type, conventional commit, commit message, log level, severity, priority, p1,
      bug or, is it a bug, is this a bug, feature or, which line, which one, which of, still valid, stale, label this, clasifica*,
      que categoria, prioridad*, klassifizier*, kategorie, prioritat, welche zeile, class*er, quelle categorie, priorite, quelle ligne, classifique,
      qual categoria, prioridade, phan loai, uu tien, dong nao, 分类, 归类, 优先级, 哪一行, 哪个, 分類, 優先度, どの行, どれ, 분류, 우선순위, классиф*, приоритет`,
  },
  factLookup: {
    says: "a fact to look up",
    task: "question",
    lean: [1.5, -0.4, -1],
    words: `syntax, shortcut, keyboard shortcut, regex*, regular expression, cron, difference between, format string, strptime, strftime, status code,
      statuscode, http code, command to, command for, which flag, flag for, what flag, option for, default value, how to exit, undo last commit,
      git: *, chmod, escape, diferencia, diferenca, difference entre, unterschied, syntaxe, sintaxis, sintaxe, raccourci, atajo, atalho,
      tastenkurzel, khac nhau, khac gi, cu phap, phim tat, bieu thuc chinh quy, 区别, 语法, 快捷键, 正则, 状态码, 命令, 违い, 違い, 構文, 正規表現,
      ショートカット, コマンド, 차이, 문법, 정규식, 단축키, разница, синтаксис, equivalent of, cheat sheet, what version, or both, in bash, in css, in git`,
  },
  wantsShort: {
    says: "wants a short answer",
    lean: [1.1, -0.2, -0.7],
    words: `just, only, one word, one sentence, one line, a line, short answer, in short, briefly, nothing else, that's all, thats all, thats it,
      no explanation, dont explain, don't explain, yes or no, solo, una palabra,
      breve*, en corto, corto, nur, kurz*, ein wort, ein satz, kleine, kleiner, juste, seulement, courte, court, un mot, uma palavra,
      curto, curta, so um, bem curto, chi, ngan gon, mot dong, nhanh, 只, 仅, 一句话, 一个词, 简短, 一行, だけ, 一言, 短く, 一文で, 짧게,
      только, кратко, solo una`,
  },
  chitChat: {
    says: "small talk",
    task: "chat",
    lean: [2, -0.5, -1],
    words: `hello, hi, hey there, thanks, thank you, thx, ty, cheers, that worked, works now, perfect, great job, what can you do, who are you, which model,
      hola, gracias, hallo, danke, bonjour, merci, ola, obrigad*, xin chao, cam on, 你好, 谢谢, ありがとう, こんにちは, お疲れ, 안녕, 고마워, привет, спасибо, ciao`,
  },
  asksWhy: {
    says: "asks why",
    task: "debug",
    lean: [-0.3, 0.2, 0.3],
    words: `why, how come, what causes, root cause, por que, warum, wieso, weshalb, pourquoi, porque, tai sao, vi sao, 为什么, 为何, 怎么回事, 原因, なぜ,
      どうして, 왜, почему, perche`,
  },
  asksWhich: {
    says: "a direct question",
    task: "question",
    lean: [0.5, 0, -0.3],
    words: `what, which, who, how to, how do i, can i, is there, cual, donde, como se, welche*, wie, wo, quel*, comment, ou, qual, onde,
      como, o dau, lam sao, the nao, 什么, 怎么, 如何, 哪, どう, 何, どこ, 어떻게, 무엇, как, какой, где, quale`,
  },
  scopeMany: {
    says: "across files",
    task: "refactor",
    lean: [-1.3, -0.3, 1.5],
    words: `across files, across the, across all, across multiple, across several, multiple files, several files, many files, all files, every file,
      whole project, entire project, whole codebase, entire codebase, codebase, code base, whole repo, entire repo, monorepo, everywhere, project-wide,
      all the way, all callers, every caller, call sites, all usages, all services, every service, all modules, every module, whole app, whole module,
      all packages, microservice*, monolith*, end to end, feature module*, en todo el proyecto, todo el codigo, varios archivos,
      en todos, por todo o projeto, todos os arquivos, varios arquivos, im ganzen projekt, uberall, alle dateien, mehrere dateien,
      dans tout le projet, tous les fichiers, plusieurs fichiers, partout, toan bo, ca du an, nhieu file, tat ca, tung module, 整个项目, 所有文件,
      多个文件, 全部文件, 整个, 全局, 模块, 微服务, 全体, 全ファイル, 複数のファイル, プロジェクト全体, モジュール, モノリス, 전체, 모든 파일, весь проект, во всех`,
  },
  migration: {
    says: "a migration or a port",
    task: "refactor",
    lean: [-1.2, -0.2, 1.4],
    words: `migrat*, port to, port this, port it, porting, move from, move off, switch from, upgrade to, convert the project, turn on,
      backward compat*, backwards compat*, backwards-compat*, downtime, phased, incremental*,
      big bang, keep working, must keep, legacy, v2, break existing, existing clients, existing rows, side by side, migra*, sin parar, migrier*,
      umstell*, ohne ausfall, portier*, sans interruption, migrer, sem parar, chuyen doi, di chuyen, nang cap, khong gian doan, 迁移, 移植, 升级到, 停机,
      不停机, 兼容, 移行, 切り出, 停止時間, 無停止, 互換, 마이그레이션, 무중단, миграц*, перенес*, strangler`,
  },
  concurrency: {
    says: "concurrency (“{}”)",
    lean: HARD,
    words: `race, races, race condition*, data race*, deadlock*, livelock*, thread-safe*, thread safe*, threads, threading, multithread*, multi-thread*,
      lock-free, lockfree, wait-free, concurren*, mutex*, semaphore*, atomic*, memory order*, happens-before, starv*, lost update*, double booking,
      interleav*, reentran*, hangs, hang, freezes, blocks forever, parallel*, carrera, bloqueo, concurrencia, interblo*, hilos, nebenlauf*, verklemm*,
      wettlauf*, hangt, concurrence, blocage, concorren*, travamento, trava, dong thoi, khoa chet, luong, 死锁, 竞态, 并发, 线程安全, 线程, 卡死, 加锁, デッドロック,
      競合, 並行, スレッド, 排他, 同時, 교착, 동시성, 스레드, дедлок, гонк*, поток*, sendable, isolation level`,
  },
  memory: {
    says: "memory (“{}”)",
    lean: HARD,
    words: `memory leak*, leak*, out of memory, oom, oom-kill*, use after free, use-after-free, double free, heap, segfault*, segmentation fault, corrupt*,
      undefined behavio*, dangling, buffer overflow, garbage collect*, gc pause*, retained, memory keeps, memory grows, fuga de memoria, speicherleck*,
      speicher*, fuite memoire, fuite de memoire, vazamento, ro ri, bo nho, 内存泄漏, 内存, 泄露, メモリリーク, メモリ, 메모리, утечк*, памят*`,
  },
  security: {
    says: "security (“{}”)",
    lean: HARD,
    words: `secur*, vulnerab*, exploit*, injection, xss, csrf, ssrf, attacker*, attack*, untrusted, pentest*, threat model*, crypto*, encrypt*, timing attack,
      constant time, sandbox*, escape the, privilege*, sso, oauth*, oidc, jwt, authenticat*, authoriz*, authoris*, permission model, rbac, gdpr, segur*,
      vulnerabil*, sicher*, angriff*, angreif*, schwachstell*, securit*, faille*, attaqu*, bao mat, lo hong, tan cong, 安全, 漏洞, 攻击, 注入, 鉴权, 加密,
      セキュリティ, 脆弱, 攻撃, 暗号, 認可, 보안, 취약, безопас*, уязвим*`,
  },
  performance: {
    says: "performance (“{}”)",
    lean: [-0.8, 0.3, 0.7],
    words: `performance, slow, slower, slowness, optimise*, optimize*, optimisation*, optimization*, latency, throughput, faster, make it fast, make this fast, quadratic, o(n*, too long,
      bottleneck*, scale, scales, scaling, hot path, profil*, cache miss*, simd, vectori*, query plan, rendimiento, lento, lenta,
      optimiza*, langsam*, leistung*, schneller, lent, lente, lenteur, desempenho, otimiz*, cham, hieu nang, toi uu, 性能, 很慢, 太慢, 优化, 变慢, 延迟,
      パフォーマンス, 遅い, 高速化, 性能, 최적화, 느려, медленн*, производит*, оптимиз*`,
  },
  distributed: {
    says: "distributed systems (“{}”)",
    task: "design",
    lean: HARD,
    words: `shard*, replicat*, replica*, consensus, raft, paxos, consistency, consistent across, exactly once, exactly-once, idempoten*, event sourc*, eventsourc*, saga*,
      kafka, eventual*, distributed, multi-tenant*, multitenant*, tenants, tenant, offline-first, offline, collaborative, real-time, realtime, reconnect*, replay*, conflict resolution, resolve conflicts, crdt*, sync,
      two-phase, 2pc, outbox, cdc, multi-region, failover, back-pressure, backpressure, partition*, distribuid*, verteilt*, distribue*, phan tan, dong bo,
      nhieu tenant, 分布式, 多租户, 一致性, 分片, 同步, 幂等, 离线, 分散, 整合性, マルチテナント, 同期, 冪等, 분산, распредел*`,
  },
  intermittent: {
    says: "happens only sometimes (“{}”)",
    task: "debug",
    lean: [-1, 0, 1.2],
    words: `intermittent*, sometimes, occasionally, flaky, randomly, at random, every few, every now and then, once in a while, once a week, only in prod*, only in production,
      only on ci, in prod, under load, nondetermin*, non-determin*, desync*, can't reproduce, cant reproduce, cannot reproduce, hard to reproduce,
      no idea, out of nowhere, after a while, after some hours, over time, a veces, de vez en cuando, en produccion, aleatori*, manchmal, gelegentlich, sporadisch, zufallig,
      nur im release*, nur in produktion, keine ahnung, parfois, de temps en temps, en production, aleatoire*, as vezes, em producao, de vez em quando, thinh thoang,
      doi khi, luc duoc luc khong, tren production, ngau nhien, 有时, 偶尔, 偶发, 随机, 线上, 生产环境, たまに, 時々, ときどき, 本番, ランダム, 가끔, 간헐, иногда, в проде`,
  },
  guarantee: {
    says: "must hold in all cases (“{}”)",
    lean: [-0.8, 0, 0.9],
    words: `byte identical, byte-identical, bit-identical, identical, bit for bit, guarantee*, invariant*, prove, proof, provably, correctness, sound, soundness, always holds,
      must not, no matter, can never, never lose, losing, lose data, data loss, duplicates, results must be, determinis*, linearizab*, serializab*, semantics,
      garantiz*, garantir, garanti*, sin perder, beweis*, garantier*, exakt gleich, ohne dass, identique*, sans perdre, prouve*, sem perder, khong duoc mat, chung minh, giong het,
      保证, 必须, 不能丢, 证明, 保証, 必ず, 失わずに, 証明, 보장, гарант*, доказ*`,
  },
  deepTypes: {
    says: "deep typing (“{}”)",
    lean: [-0.7, 0.3, 0.6],
    words: `type-level, type level, variance, covarian*, contravarian*, conditional type*, mapped type*, type inference, infer, lifetime*, borrow checker, higher-kinded, higher kinded,
      monad*, polymorphi*, macro*, metaprogram*, type-safe*, type safe, dependent type*, phantom, generics, 泛型, 类型推断, 型推論, ジェネリク*`,
  },
  deepTopic: {
    says: "a deep topic (“{}”)",
    lean: HARD,
    words: `quantum*, compiler*, interpreter, parser for, garbage collector, scheduler, allocator, database engine, query optimi*, cost model, numerical*, numeric stab*, floating point, converge*,
      statistic*, bayes*, p-value, significant, a/b test*, causal, machine learning, neural*, transformer*, cuda, gpu, kernel, protocol*, wire format, state machine, dsl,
      cryptograph*, zero-knowledge, billing, pricing model, ledger, rate limiter, plugin api, plugin system, public api, cuantic*, quanten*, quantique, quantico*, luong tu,
      protokoll, protocolo, protocole, giao thuc, 量子, 协议, 编译器, 内核, 调度, 算法, プロトコル, コンパイラ, アルゴリズム, 양자, квант*, протокол*`,
  },
  bigAsk: {
    says: "a big, open ask (“{}”)",
    lean: [-0.8, 0, 0.8],
    words: `properly, production ready, production-ready, from scratch, what do i change, where do i look, what do we do, all of it, everything, in which order, the whole thing,
      full, complete, entire, robust*, bulletproof, enterprise, for years, months, millions, billion*, from the ground, de cero, von grund auf, de zero, a partir de zero, tu dau,
      从零, 完整, 彻底, 一から, ゼロから, 全面, 처음부터, с нуля`,
  },
  stack: {
    says: "several parts named (“{}”)",
    lean: MEDIUM,
    words: `group by, left join, join, subquery, window function, pagination, paginat*, debounc*, retry*, retries, validation, filters, cursor, upload*, download*, websocket*, cron job,
      github actions, gh actions, gitlab ci, terraform, docker compose, nginx, k8s, kubernetes, helm, sqlalchemy, pandas, polars, react, vue, swiftui, express, fastapi, spring, django, clap,
      with a, and then, plus a, including, incl, headers, loading, responsive, dark mode, --json, --dry-run, flag`,
  },
};

/** An instruction that says one of these, and little else, goes on from what was answered before. */
export const FOLLOW_UPS = `continue, go on, go ahead, carry on, keep going, more, fix it, fix that, fix this, again, try again, retry, redo, do it,
  do that, do so, same, and now, still broken, still wrong, still fails, still not working, doesn't work, not working, that's wrong, no, yes, ok,
  sigue, continua, otra vez, de nuevo, arreglalo, hazlo, weiter, nochmal, noch mal, mach das, geht nicht, encore, corrige-le, refais, vas-y, de novo,
  tenta de novo, faz isso, tiep tuc, lam lai, sua di, lam di, van loi, 继续, 再来, 重来, 再试, 修一下, 还是不行, 続けて, もう一度, 直して, 続き, 계속, 다시,
  продолжай, еще раз, исправь, ancora, riprova`;
