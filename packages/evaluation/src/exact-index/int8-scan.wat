;; Inner products of one query with many rows, in whole numbers. The test of this file assembles it into int8-scan-wasm.ts (vitest -u).
(module
  (memory (export "memory") 1)

  (func $sum (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes)))))

  ;; $query is [dim] of i16, the rows from $row up to $end are [rows, dim] of i8, $out becomes [rows] of i32. Rows are taken by fours,
  ;; so that a load of the query serves four, and components by eights: both counts are multiples of these.
  (func (export "scan") (param $query i32) (param $row i32) (param $end i32) (param $dim i32) (param $out i32)
    (local $at i32) (local $queryEnd i32) (local $q v128)
    (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local.set $queryEnd (i32.add (local.get $query) (i32.shl (local.get $dim) (i32.const 1))))
    (loop $rows
      (local.set $row1 (i32.add (local.get $row) (local.get $dim)))
      (local.set $row2 (i32.add (local.get $row1) (local.get $dim)))
      (local.set $row3 (i32.add (local.get $row2) (local.get $dim)))
      (local.set $sum0 (v128.const i32x4 0 0 0 0))
      (local.set $sum1 (v128.const i32x4 0 0 0 0))
      (local.set $sum2 (v128.const i32x4 0 0 0 0))
      (local.set $sum3 (v128.const i32x4 0 0 0 0))
      (local.set $at (local.get $query))
      (loop $components
        (local.set $q (v128.load (local.get $at)))
        (local.set $sum0 (i32x4.add (local.get $sum0) (i32x4.dot_i16x8_s (local.get $q) (v128.load8x8_s (local.get $row)))))
        (local.set $sum1 (i32x4.add (local.get $sum1) (i32x4.dot_i16x8_s (local.get $q) (v128.load8x8_s (local.get $row1)))))
        (local.set $sum2 (i32x4.add (local.get $sum2) (i32x4.dot_i16x8_s (local.get $q) (v128.load8x8_s (local.get $row2)))))
        (local.set $sum3 (i32x4.add (local.get $sum3) (i32x4.dot_i16x8_s (local.get $q) (v128.load8x8_s (local.get $row3)))))
        (local.set $row (i32.add (local.get $row) (i32.const 8)))
        (local.set $row1 (i32.add (local.get $row1) (i32.const 8)))
        (local.set $row2 (i32.add (local.get $row2) (i32.const 8)))
        (local.set $row3 (i32.add (local.get $row3) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $components (i32.lt_u (local.get $at) (local.get $queryEnd))))
      (i32.store (local.get $out) (call $sum (local.get $sum0)))
      (i32.store offset=4 (local.get $out) (call $sum (local.get $sum1)))
      (i32.store offset=8 (local.get $out) (call $sum (local.get $sum2)))
      (i32.store offset=12 (local.get $out) (call $sum (local.get $sum3)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $row (local.get $row3))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
