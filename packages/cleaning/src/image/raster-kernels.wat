;; Loops over the pixels of a raster, many at a time. What they give are whole numbers, so that their order changes nothing.
;; Nothing is called, since V8 inlines no function of WebAssembly. The test of this file assembles it into raster-kernels-wasm.ts (vitest -u).
(module
  (memory (export "memory") 4)

  ;; RGB bytes, [count, 3], to $luma, i32 in units of 1/65536 of a level, and $grey, bytes, rounded; both by the weights of ITU-R
  ;; BT.601. Writes up to 3 values more than $count.
  (func (export "takeGrey") (param $pixels i32) (param $count i32) (param $luma i32) (param $grey i32)
    (local $end i32) (local $four v128)
    (local.set $end (i32.add (local.get $grey) (local.get $count)))
    (loop $next
      (local.set $four (v128.load (local.get $pixels)))
      ;; 38470 green is more than an i16 holds, so half of it is taken with red and half with blue.
      (local.set $four
        (i32x4.add
          (i32x4.dot_i16x8_s
            (i8x16.shuffle 0 16 1 16 3 16 4 16 6 16 7 16 9 16 10 16 (local.get $four) (v128.const i32x4 0 0 0 0))
            (v128.const i16x8 19595 19235 19595 19235 19595 19235 19595 19235))
          (i32x4.dot_i16x8_s
            (i8x16.shuffle 1 16 2 16 4 16 5 16 7 16 8 16 10 16 11 16 (local.get $four) (v128.const i32x4 0 0 0 0))
            (v128.const i16x8 19235 7471 19235 7471 19235 7471 19235 7471))))
      (v128.store (local.get $luma) (local.get $four))
      (local.set $four (i32x4.shr_u (i32x4.add (local.get $four) (v128.const i32x4 32768 32768 32768 32768)) (i32.const 16)))
      (v128.store32_lane 0
        (local.get $grey)
        (i8x16.shuffle 0 4 8 12 0 4 8 12 0 4 8 12 0 4 8 12 (local.get $four) (local.get $four)))
      (local.set $pixels (i32.add (local.get $pixels) (i32.const 12)))
      (local.set $luma (i32.add (local.get $luma) (i32.const 16)))
      (local.set $grey (i32.add (local.get $grey) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $grey) (local.get $end)))))

  ;; Sum over all pixels of the difference of the highest and the lowest channel. Bytes after the last pixel, up to a multiple of 48,
  ;; have to be 0.
  (func (export "sumSpread") (param $pixels i32) (param $end i32) (result i32)
    (local $first v128) (local $second v128) (local $third v128) (local $red v128) (local $green v128) (local $blue v128) (local $sum v128)
    (loop $next
      (local.set $first (v128.load (local.get $pixels)))
      (local.set $second (v128.load offset=16 (local.get $pixels)))
      (local.set $third (v128.load offset=32 (local.get $pixels)))
      (local.set $red
        (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 17 20 23 26 29
          (i8x16.shuffle 0 3 6 9 12 15 18 21 24 27 30 0 0 0 0 0 (local.get $first) (local.get $second))
          (local.get $third)))
      (local.set $green
        (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 18 21 24 27 30
          (i8x16.shuffle 1 4 7 10 13 16 19 22 25 28 31 0 0 0 0 0 (local.get $first) (local.get $second))
          (local.get $third)))
      (local.set $blue
        (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 16 19 22 25 28 31
          (i8x16.shuffle 2 5 8 11 14 17 20 23 26 29 0 0 0 0 0 0 (local.get $first) (local.get $second))
          (local.get $third)))
      (local.set $sum
        (i32x4.add
          (local.get $sum)
          (i32x4.extadd_pairwise_i16x8_u
            (i16x8.extadd_pairwise_i8x16_u
              (i8x16.sub
                (i8x16.max_u (i8x16.max_u (local.get $red) (local.get $green)) (local.get $blue))
                (i8x16.min_u (i8x16.min_u (local.get $red) (local.get $green)) (local.get $blue)))))))
      (local.set $pixels (i32.add (local.get $pixels) (i32.const 48)))
      (br_if $next (i32.lt_u (local.get $pixels) (local.get $end))))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))

  ;; How many bytes have each value, added to $counts, i32 [2, 256], of which one half counts every other byte: the next addition
  ;; doesn't have to wait for the one before. $end is an even number of bytes away.
  (func (export "countValues") (param $at i32) (param $end i32) (param $counts i32)
    (local $slot i32)
    (loop $next
      (local.set $slot (i32.add (local.get $counts) (i32.shl (i32.load8_u (local.get $at)) (i32.const 2))))
      (i32.store (local.get $slot) (i32.add (i32.load (local.get $slot)) (i32.const 1)))
      (local.set $slot (i32.add (local.get $counts) (i32.shl (i32.load8_u offset=1 (local.get $at)) (i32.const 2))))
      (i32.store offset=1024 (local.get $slot) (i32.add (i32.load offset=1024 (local.get $slot)) (i32.const 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Laplacian of the inner pixels of bytes, [height, width], both at least 3: $sums becomes two f64, their sum and that of their squares.
  (func (export "sumLaplacian") (param $grey i32) (param $width i32) (param $height i32) (param $sums i32)
    (local $at i32) (local $rowEnd i32) (local $row i32) (local $value v128) (local $sum v128) (local $squares v128) (local $total v128)
    (local.set $row (i32.add (local.get $grey) (local.get $width)))
    (local.set $grey (i32.add (local.get $grey) (i32.mul (local.get $width) (i32.sub (local.get $height) (i32.const 1)))))
    (loop $rows
      (local.set $at (i32.add (local.get $row) (i32.const 1)))
      (local.set $rowEnd (i32.sub (i32.add (local.get $row) (local.get $width)) (i32.const 1)))
      (local.set $squares (v128.const i32x4 0 0 0 0))
      (loop $columns
        (local.set $value
          (i16x8.sub
            (i16x8.add
              (i16x8.add
                (v128.load8x8_u (i32.sub (local.get $at) (i32.const 1)))
                (v128.load8x8_u offset=1 (local.get $at)))
              (i16x8.add
                (v128.load8x8_u (i32.sub (local.get $at) (local.get $width)))
                (v128.load8x8_u (i32.add (local.get $at) (local.get $width)))))
            (i16x8.shl (v128.load8x8_u (local.get $at)) (i32.const 2))))
        ;; Pixels past the last inner one of the row count nothing.
        (local.set $value
          (v128.and
            (local.get $value)
            (i16x8.lt_s (v128.const i16x8 0 1 2 3 4 5 6 7) (i16x8.splat (i32.sub (local.get $rowEnd) (local.get $at))))))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.extadd_pairwise_i16x8_s (local.get $value))))
        (local.set $squares (i32x4.add (local.get $squares) (i32x4.dot_i16x8_s (local.get $value) (local.get $value))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $columns (i32.lt_u (local.get $at) (local.get $rowEnd))))
      (local.set $total
        (i64x2.add
          (local.get $total)
          (i64x2.add (i64x2.extend_low_i32x4_u (local.get $squares)) (i64x2.extend_high_i32x4_u (local.get $squares)))))
      (local.set $row (i32.add (local.get $row) (local.get $width)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $grey))))
    (f64.store
      (local.get $sums)
      (f64.convert_i32_s
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
          (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))
    (f64.store offset=8
      (local.get $sums)
      (f64.convert_i64_s (i64.add (i64x2.extract_lane 0 (local.get $total)) (i64x2.extract_lane 1 (local.get $total))))))

  ;; Longest run, down each of 16 columns of bytes, of values that differ from the one above by at most $flat: $runs becomes [16] bytes.
  ;; $end is the address of the last row of 16; a run of more than 255 counts as 255.
  (func (export "findRuns") (param $at i32) (param $end i32) (param $stride i32) (param $flat i32) (param $runs i32)
    (local $above v128) (local $level v128) (local $limit v128) (local $run v128) (local $longest v128)
    (local.set $limit (i8x16.splat (local.get $flat)))
    (local.set $above (v128.load (local.get $at)))
    (local.set $run (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1))
    (local.set $longest (local.get $run))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $level (v128.load (local.get $at)))
        (local.set $run
          (i8x16.add_sat_u
            (v128.and
              (local.get $run)
              (i8x16.le_u
                (i8x16.sub
                  (i8x16.max_u (local.get $level) (local.get $above))
                  (i8x16.min_u (local.get $level) (local.get $above)))
                (local.get $limit)))
            (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)))
        (local.set $longest (i8x16.max_u (local.get $longest) (local.get $run)))
        (local.set $above (local.get $level))
        (br $next)))
    (v128.store (local.get $runs) (local.get $longest)))

  ;; Turns 16 rows of 16 bytes into columns: $target becomes [16, 16]. Each of four passes interleaves the upper rows with the
  ;; lower ones, which turns the eight bits of a byte's place by one. $scratch has room for 512 bytes.
  (func (export "transpose") (param $source i32) (param $stride i32) (param $scratch i32) (param $target i32)
    (local $from i32) (local $to i32) (local $end i32) (local $pass i32)
    (local.set $to (local.get $scratch))
    (local.set $end (i32.add (local.get $scratch) (i32.const 256)))
    (loop $row
      (v128.store (local.get $to) (v128.load (local.get $source)))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $row (i32.lt_u (local.get $to) (local.get $end))))
    (local.set $pass (i32.const 4))
    (loop $passes
      ;; From the first half of the scratch to the second, back, there again, and to the target.
      (local.set $from (i32.add (local.get $scratch) (i32.shl (i32.and (local.get $pass) (i32.const 1)) (i32.const 8))))
      (local.set $to
        (select
          (local.get $target)
          (i32.sub (i32.add (local.get $scratch) (i32.const 256)) (i32.shl (i32.and (local.get $pass) (i32.const 1)) (i32.const 8)))
          (i32.eq (local.get $pass) (i32.const 1))))
      (local.set $end (i32.add (local.get $from) (i32.const 128)))
      (loop $pair
        (v128.store
          (local.get $to)
          (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23
            (v128.load (local.get $from))
            (v128.load offset=128 (local.get $from))))
        (v128.store offset=16
          (local.get $to)
          (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31
            (v128.load (local.get $from))
            (v128.load offset=128 (local.get $from))))
        (local.set $to (i32.add (local.get $to) (i32.const 32)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br_if $pair (i32.lt_u (local.get $from) (local.get $end))))
      (local.set $pass (i32.sub (local.get $pass) (i32.const 1)))
      (br_if $passes (local.get $pass)))))
